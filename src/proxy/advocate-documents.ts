/** Every GraphQL document sent to Advocate. Conformance checks each against Advocate's own schema. */

const REWARD = `
fragment RewardRead on FlatReward {
  id
  type
  unit
  availableValue
  assignedCredit
  redeemedCredit
  statuses
  pendingReasons
  redeemable
  dateCreated
  dateGiven
  dateModified
  dateScheduledFor
  rewardUnit { key currency { currencyCode fractionDigits } }
  meta { status customMeta integration { service name enabled } }
  user { ...ParticipantRead }
}`;

const PARTICIPANT = `
fragment ParticipantRead on User {
  id
  accountId
  firstName
  lastName
  email
  customFields
  dateBlocked
}`;

export const DOCUMENTS = {
  Rewards: `query Rewards($filter: RewardFilterInput!, $limit: Int!, $offset: Int!, $sortBy: [RSSortByInput!]) {
  rewards(filter: $filter, limit: $limit, offset: $offset, sortBy: $sortBy) {
    count
    totalCount
    data { ...RewardRead }
  }
}${REWARD}${PARTICIPANT}`,

  Reward: `query Reward($id: ID!) {
  reward(id: $id) { ...RewardRead }
}${REWARD}${PARTICIPANT}`,

  Participants: `query Participants($filter: UserFilterInput!, $limit: Int!, $offset: Int!) {
  users(filter: $filter, limit: $limit, offset: $offset) {
    count
    totalCount
    data { ...ParticipantRead }
  }
}${PARTICIPANT}`,

  ParticipantLinks: `query ParticipantLinks($limit: Int!, $offset: Int!, $sortBy: [RSSortByInput!]) {
  users(limit: $limit, offset: $offset, sortBy: $sortBy) {
    count
    totalCount
    data { id accountId customFields dateCreated }
  }
}`,

  ParticipantSearch: `query ParticipantSearch($query: String!, $limit: Int!) {
  users(query: $query, limit: $limit) {
    count
    totalCount
    data { ...ParticipantRead }
  }
}${PARTICIPANT}`,

  Participant: `query Participant($accountId: String!, $id: String!) {
  user(accountId: $accountId, id: $id) { ...ParticipantRead }
}${PARTICIPANT}`,

  Units: `query Units($limit: Int!, $offset: Int!) {
  rewardUnitSettingsList(limit: $limit, offset: $offset) {
    count
    totalCount
    data { id config }
  }
}`,

  CustomFields: `query CustomFields($limit: Int!, $offset: Int!) {
  customFields(limit: $limit, offset: $offset) {
    count
    totalCount
    data { key name }
  }
}`,

  Integrations: `query Integrations($limit: Int!, $offset: Int!) {
  integrations(limit: $limit, offset: $offset) {
    count
    totalCount
    data { service name enabled config }
  }
}`,

  Note: `mutation Note($note: RewardMetaInput!) {
  upsertRewardMeta(rewardMetaInput: $note) {
    id
    meta { status dateModified }
  }
}`,
} as const;

export type DocumentName = keyof typeof DOCUMENTS;
