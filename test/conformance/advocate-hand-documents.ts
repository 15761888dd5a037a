/** Documents that nobody but conformance sends, so that each part of the simulator's GraphQL answers once. */

const REWARD = `
fragment AllOfReward on FlatReward {
  id type value prettyValue availableValue prettyAvailableValue unit
  rewardUnit { key name currency { currencyCode displayName symbol fractionDigits numberToBasic } }
  name dateCreated dateScheduledFor dateGiven dateExpires dateCancelled dateRedeemed dateModified rewardSource
  fuelTankCode currency cancellable redeemable programId programRewardKey globalRewardKey description
  meta { status message internalMessage dateModified customMeta integration { service name } }
  user { id accountId }
  integration { service }
  assignedCredit redeemedCredit prettyAssignedCredit prettyRedeemedCredit referralId statuses pendingReasons
  datePendingForUsTax datePendingForUnhandledError
  rewardRedemptionTransactions {
    count totalCount
    data { id creditRedeemed prettyRedeemedCredit unit dateRedeemed redeemedRewards { count data { id } } }
  }
}`;

const USER = `
fragment AllOfUser on User {
  id accountId firstName lastName imageUrl email paymentProviderId locale countryCode referable customFields segments
  dateCreated dateBlocked permissions
  account { id users { count totalCount data { id } } }
  rewards(limit: 2) { count totalCount data { id } }
  rewardBalanceDetails {
    __typename type unit availableValue prettyAvailableValue rewardUnit { key }
    ... on CreditRewardBalance {
      count totalPendingCredit totalAssignedCredit totalRedeemedCredit totalExpiredCredit totalCancelledCredit
    }
  }
  rewardRedemptionTransactions { count totalCount data { id creditRedeemed } }
}`;

export const ADVOCATE_DOCUMENTS = {
  Reward: `query Reward($id: ID!) { reward(id: $id) { ...AllOfReward } }${REWARD}`,
  Rewards: `query Rewards($filter: RewardFilterInput) {
    rewards(filter: $filter, limit: 10, sortBy: [{ field: "dateModified", order: DESC }]) {
      count totalCount data { ...AllOfReward }
    }
  }${REWARD}`,
  User: `query User($accountId: String!, $id: String!) { user(accountId: $accountId, id: $id) { ...AllOfUser } }${USER}`,
  Users: `query Users($filter: UserFilterInput) { users(filter: $filter, limit: 5) { count totalCount data { ...AllOfUser } } }${USER}`,
  Account: `query Account($accountId: String!) { account(accountId: $accountId) { id users { count data { id } } } }`,
  Tenant: `query Tenant { tenant { tenantAlias isLiveMode permissions } viewer { __typename permissions } }`,
  Settings: `query Settings {
    rewardUnitSettingsList { count totalCount data { id config } }
    rewardUnitSettings(id: "STRIPE") { id config }
    customFields { count totalCount data { key name schema } }
    integrations { count totalCount data { service name type enabled config } }
    integration(service: "paypal") { service enabled }
    currency(currencyCode: "JPY") { currencyCode displayName symbol fractionDigits numberToBasic }
    webhookSubscriptions { count totalCount data { endpointUrl name source webhookTypes status { type message } } }
  }`,
  Pretty: `query Pretty($value: Int!, $unit: String!) { formatRewardPrettyValue(value: $value, unit: $unit) }`,
  UpsertUser: `mutation UpsertUser($user: UserInput!) { upsertUser(userInput: $user) { ...AllOfUser } }${USER}`,
  UpsertUsers: `mutation UpsertUsers($users: [UserInput!]!) {
    upsertUsers(userInputs: $users) { __typename ... on User { id accountId } ... on ApiError { message statusCode rsCode } }
  }`,
  CreateUser: `mutation CreateUser($user: UserInput!) { createUser(userInput: $user) { id accountId } }`,
  Block: `mutation Block($accountId: String!, $id: String!) { blockUser(accountId: $accountId, id: $id) { user { id dateBlocked } } }`,
  Unblock: `mutation Unblock($accountId: String!, $id: String!) { unblockUser(accountId: $accountId, id: $id) { user { id dateBlocked } } }`,
  CreateReward: `mutation CreateReward($reward: RSJsonNode, $userId: String!, $accountId: String!) {
    createReward(rewardInput: $reward, userId: $userId, accountId: $accountId) { ...AllOfReward }
  }${REWARD}`,
  Release: `mutation Release($id: ID!) { updateRewardStatus(id: $id, status: AVAILABLE) { id statuses } }`,
  Redeem: `mutation Redeem($id: ID!, $redeem: RedeemCreditInput!) {
    redeemRewardCredit(id: $id, redeemCreditInput: $redeem) { unit creditRedeemed creditAvailable }
  }`,
  RedeemUser: `mutation RedeemUser($userId: String!, $accountId: String!, $redeem: RedeemCreditInput!) {
    redeemUserCredit(userId: $userId, accountId: $accountId, redeemCreditInput: $redeem) {
      unit creditRedeemed creditAvailable
    }
  }`,
  Note: `mutation Note($note: RewardMetaInput!) { upsertRewardMeta(rewardMetaInput: $note) { ...AllOfReward } }${REWARD}`,
  Unit: `mutation Unit($unit: RewardUnitSettingsInput!) { upsertRewardUnitSettings(rewardUnitSettingsInput: $unit) { id config } }`,
  Subscribe: `mutation Subscribe($hook: WebhookSubscriptionInput!) {
    upsertWebhookSubscription(webhookSubscriptionInput: $hook) { endpointUrl name source webhookTypes status { type message } }
  }`,
  Unsubscribe: `mutation Unsubscribe($url: String!) { deleteWebhookSubscription(endpointUrl: $url) { deletedCount } }`,
} as const;
