import { buildSchema } from 'graphql';

const range = (name: string) => `date${name}_gte: RSDate date${name}_lt: RSDate`;
const rangeAndExists = (name: string) => `${range(name)} date${name}_exists: Boolean`;

/**
 * The part of Advocate's schema that this simulator serves: names and types are Advocate's, checked against its
 * official schema by test/sandbox/advocate-schema.test.ts. What is not here is refused, as a wrong name would be.
 */
export const SDL = `
scalar JsonSchema
scalar Long
scalar RewardUnitSettingsId
scalar RSCountryCode
scalar RSCurrencyCode
scalar RSDate
scalar RSJsonNode
scalar RSLocale
scalar RSShallowMap
scalar SegmentKey
scalar SegmentOperation
scalar WebhookType
scalar WebhookTypeOperation

enum RSSortOrder { ASC DESC }
enum RewardType { PCT_DISCOUNT CREDIT FUELTANK INTEGRATION }
enum RewardStatus { PENDING CANCELLED EXPIRED REDEEMED AVAILABLE }
enum RewardPendingReason { SCHEDULED UNHANDLED_ERROR US_TAX }
enum RewardMetaStatus { SUCCESS WARN ERROR }
enum RewardSourceType {
  FRIEND_SIGNUP REFERRED MANUAL PROGRAM ACTIVATION ACQUISITION RETENTION REACTIVATION AUTOMATED
}
enum RewardValueFormatType {
  NUMBER_FORMATTED INTEGER_FORMATTED UNIT_FORMATTED NUMBER_UNFORMATTED INTEGER_UNFORMATTED
}
enum IntegrationType { LINK_GENERATOR EMAIL_DELIVERY REWARD_PROVIDER }
enum WebhookSubscriptionStatusType { ENABLED DISABLED }
enum WebhookSubscriptionSourceType { MANUAL INTEGRATION }

input RSSortByInput { field: String! order: RSSortOrder! }
input RewardStatusFilterInput { status: RewardStatus! at: RSDate }

input RewardFilterInput {
  AND: [RewardFilterInput!]
  OR: [RewardFilterInput!]
  id_eq: ID
  id_in: [ID!]
  type_eq: RewardType
  type_in: [RewardType!]
  unit_eq: String
  unit_in: [String!]
  unit_ne: String
  unit_nin: [String!]
  ${range('Created')}
  ${rangeAndExists('Given')}
  ${rangeAndExists('Expires')}
  ${rangeAndExists('Cancelled')}
  ${rangeAndExists('ScheduledFor')}
  ${rangeAndExists('Redeemed')}
  ${range('Modified')}
  rewardSource_eq: RewardSourceType
  rewardSource_in: [RewardSourceType!]
  userId_eq: String
  accountId_eq: String
  statuses_eq: RewardStatusFilterInput
  statuses_ne: RewardStatusFilterInput
  statuses_in: [RewardStatusFilterInput!]
  statuses_all: [RewardStatusFilterInput!]
  statuses_nin: [RewardStatusFilterInput!]
}

input UserFilterInput {
  AND: [UserFilterInput!]
  OR: [UserFilterInput!]
  id_eq: String
  accountId_eq: String
  firstName_eq: String
  lastName_eq: String
  email_eq: String
  email_exists: Boolean
  locale_eq: RSLocale
  locale_in: [RSLocale!]
  dateBlocked_exists: Boolean
  segments_eq: String
  segments_ne: String
  segments_in: [String!]
  segments_all: [String!]
  segments_nin: [String!]
}

input RewardBalanceFilterInput {
  type_eq: RewardType
  unit_eq: String
  unit_in: [String!]
  unitType_eq: String
  currency_eq: RSCurrencyCode
}

type RSCurrency {
  currencyCode: RSCurrencyCode!
  displayName(locale: RSLocale): String!
  symbol(locale: RSLocale): String!
  fractionDigits: Int!
  numberToBasic: Int!
}

type RewardUnit { key: String! name: String! currency: RSCurrency }
type RewardUnitSettings { id: RewardUnitSettingsId! config: RSJsonNode! }
type RewardUnitSettingsList { data: [RewardUnitSettings!]! count: Int! totalCount: Long! }
type CustomField { key: String! name: String schema: JsonSchema }
type CustomFieldList { data: [CustomField!]! count: Int! totalCount: Long! }

type TenantIntegration {
  service: String!
  name: String!
  type: IntegrationType
  enabled: Boolean!
  config: RSJsonNode
}
type TenantIntegrationList { data: [TenantIntegration!]! count: Int! totalCount: Long! }

type RewardMeta {
  status: RewardMetaStatus!
  message: String
  internalMessage: String
  integration: TenantIntegration
  dateModified: RSDate
  customMeta: RSJsonNode
}

type RewardRedemptionTransaction {
  id: ID!
  creditRedeemed: Int!
  prettyRedeemedCredit(locale: RSLocale, formatType: RewardValueFormatType! = UNIT_FORMATTED): String
  unit: String
  dateRedeemed: RSDate!
  redeemedRewards(limit: Int! = 20, offset: Int! = 0): FlatRewardList!
}
type RewardRedemptionTransactionList {
  data: [RewardRedemptionTransaction!]!
  count: Int!
  totalCount: Long!
}

type FlatReward {
  id: ID!
  type: RewardType!
  value: Int!
  prettyValue(locale: RSLocale, formatType: RewardValueFormatType! = UNIT_FORMATTED): String!
  availableValue(at: RSDate): Int!
  prettyAvailableValue(
    locale: RSLocale, formatType: RewardValueFormatType! = UNIT_FORMATTED, at: RSDate
  ): String!
  unit: String!
  rewardUnit: RewardUnit!
  name: String
  dateCreated: RSDate
  dateScheduledFor: RSDate
  dateGiven: RSDate
  dateExpires: RSDate
  dateCancelled: RSDate
  dateRedeemed: RSDate
  dateModified: RSDate
  rewardSource: RewardSourceType
  fuelTankCode: String
  currency: RSCurrencyCode
  cancellable: Boolean!
  redeemable: Boolean!
  meta: RewardMeta
  programId: String
  programRewardKey: String
  globalRewardKey: String
  user: User
  integration: TenantIntegration
  description: String
  assignedCredit: Int
  redeemedCredit(at: RSDate): Int
  prettyAssignedCredit(locale: RSLocale, formatType: RewardValueFormatType! = UNIT_FORMATTED): String
  prettyRedeemedCredit(
    locale: RSLocale, formatType: RewardValueFormatType! = UNIT_FORMATTED, at: RSDate
  ): String
  referralId: ID
  statuses(at: RSDate): [RewardStatus!]!
  pendingReasons: [RewardPendingReason!]!
  datePendingForUsTax: RSDate
  datePendingForUnhandledError: RSDate
  rewardRedemptionTransactions(limit: Int! = 20, offset: Int! = 0): RewardRedemptionTransactionList!
}
type FlatRewardList { data: [FlatReward!]! count: Int! totalCount: Long! }

interface RewardBalance {
  type: RewardType!
  unit: String!
  rewardUnit: RewardUnit!
  availableValue: Int!
  prettyAvailableValue(formatType: RewardValueFormatType! = UNIT_FORMATTED): String!
}
type CreditRewardBalance implements RewardBalance {
  type: RewardType!
  unit: String!
  rewardUnit: RewardUnit!
  availableValue: Int!
  prettyAvailableValue(formatType: RewardValueFormatType! = UNIT_FORMATTED): String!
  count: Int!
  totalPendingCredit: Int!
  totalAssignedCredit: Int!
  totalRedeemedCredit: Int!
  totalExpiredCredit: Int!
  totalCancelledCredit: Int!
}

interface Viewer { permissions: [String!]! }
type Tenant implements Viewer {
  tenantAlias: ID!
  isLiveMode: Boolean!
  permissions: [String!]!
}

type User implements Viewer {
  id: String!
  accountId: String!
  firstName: String
  lastName: String
  imageUrl: String
  email: String
  paymentProviderId: String
  locale: RSLocale
  countryCode: RSCountryCode
  referable: Boolean
  customFields: RSJsonNode
  segments: [SegmentKey!]!
  dateCreated: RSDate
  dateBlocked: RSDate
  account: PaymentAccount!
  rewards(
    filter: RewardFilterInput, timeZone: String, timeZoneOffset: Int
    limit: Int! = 20, offset: Int! = 0, sortBy: [RSSortByInput!]
  ): FlatRewardList!
  rewardBalanceDetails(
    filter: RewardBalanceFilterInput, programId: ID, locale: RSLocale
  ): [RewardBalance!]!
  rewardRedemptionTransactions(limit: Int! = 20, offset: Int! = 0): RewardRedemptionTransactionList!
  permissions: [String!]!
}
type UserList { data: [User]! count: Int! totalCount: Long! }
type PaymentAccount { id: String! users(limit: Int! = 20, offset: Int! = 0): UserList! }
type ApiError { message: String! statusCode: Int! rsCode: String }
union UserUpsertResult = User | ApiError
type UserBlockingResult { user: User }

type WebhookSubscriptionStatus { type: WebhookSubscriptionStatusType! message: String }
type WebhookSubscription {
  endpointUrl: String!
  name: String
  source: WebhookSubscriptionSourceType!
  webhookTypes: [WebhookType!]!
  status: WebhookSubscriptionStatus!
}
type WebhookSubscriptionList { data: [WebhookSubscription!]! count: Int! totalCount: Long! }
type WebhookSubscriptionDeleteResult { deletedCount: Long! }

type Query {
  user(accountId: String!, id: String!): User
  users(
    filter: UserFilterInput, query: String, timeZone: String, timeZoneOffset: Int
    limit: Int! = 20, offset: Int! = 0, sortBy: [RSSortByInput!]
  ): UserList
  account(accountId: String!): PaymentAccount
  reward(id: ID!): FlatReward
  rewards(
    filter: RewardFilterInput, timeZone: String, timeZoneOffset: Int
    limit: Int! = 20, offset: Int! = 0, sortBy: [RSSortByInput!]
  ): FlatRewardList!
  tenant: Tenant
  viewer: Viewer
  currency(currencyCode: RSCurrencyCode!): RSCurrency
  integrations(type: IntegrationType, limit: Int! = 20, offset: Int! = 0): TenantIntegrationList!
  integration(service: String!): TenantIntegration
  customFields(limit: Int! = 20, offset: Int! = 0): CustomFieldList!
  webhookSubscriptions(limit: Int! = 20, offset: Int! = 0): WebhookSubscriptionList!
  rewardUnitSettings(id: RewardUnitSettingsId!): RewardUnitSettings
  rewardUnitSettingsList(limit: Int! = 20, offset: Int! = 0): RewardUnitSettingsList!
  formatRewardPrettyValue(
    value: Int!, unit: String!, locale: RSLocale, formatType: RewardValueFormatType! = UNIT_FORMATTED
  ): String!
}

input UserInput {
  id: String
  accountId: String
  firstName: String
  lastName: String
  lastInitial: String
  referralCode: String
  referralCodes: RSShallowMap
  shareLinks: RSShallowMap
  imageUrl: String
  email: String
  cookieId: String
  paymentProviderId: String
  locale: RSLocale
  countryCode: RSCountryCode
  referredBy: RSJsonNode
  referredByCodes: [String!]
  cookies: String
  referable: Boolean
  customFields: RSJsonNode
  segments: [SegmentOperation!]
  dateCreated: RSDate
  dateUsTaxFormSubmitted: RSDate
}
input RedeemCreditInput { amount: Int! unit: String! }
type RedeemCreditResult { unit: String! creditRedeemed: Int! creditAvailable: Int! }
input RewardMetaInput {
  rewardId: ID!
  status: RewardMetaStatus!
  message: String
  internalMessage: String
  integrationService: String
  customMeta: RSJsonNode
}
input RewardUnitSettingsInput { id: RewardUnitSettingsId! config: RSJsonNode! }
input WebhookSubscriptionInput { endpointUrl: String! name: String webhookTypes: [WebhookTypeOperation!] }

type Mutation {
  createUser(userInput: UserInput!): User!
  upsertUser(userInput: UserInput!): User!
  upsertUsers(userInputs: [UserInput!]!): [UserUpsertResult!]!
  blockUser(accountId: String!, id: String!): UserBlockingResult!
  unblockUser(accountId: String!, id: String!): UserBlockingResult!
  createReward(
    rewardInput: RSJsonNode, globalRewardKey: String, userId: String!, accountId: String!, status: RewardStatus
  ): FlatReward!
  updateRewardStatus(id: ID!, status: RewardStatus!): FlatReward!
  redeemRewardCredit(id: ID!, redeemCreditInput: RedeemCreditInput!): RedeemCreditResult!
  redeemUserCredit(
    userId: String!, accountId: String!, redeemCreditInput: RedeemCreditInput!
  ): RedeemCreditResult!
  upsertRewardMeta(rewardMetaInput: RewardMetaInput!): FlatReward!
  upsertRewardUnitSettings(rewardUnitSettingsInput: RewardUnitSettingsInput!): RewardUnitSettings!
  upsertWebhookSubscription(webhookSubscriptionInput: WebhookSubscriptionInput!): WebhookSubscription!
  deleteWebhookSubscription(endpointUrl: String!): WebhookSubscriptionDeleteResult!
}
`;

export const schema = buildSchema(SDL);
