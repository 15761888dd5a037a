/** What we take from Advocate's answers. Fields that we do not name are ignored. */
import * as v from 'valibot';

const instant = v.nullish(v.number(), null);
export const Participant = v.object({
  id: v.string(),
  accountId: v.string(),
  firstName: v.nullish(v.string(), null),
  lastName: v.nullish(v.string(), null),
  email: v.nullish(v.string(), null),
  customFields: v.nullish(v.record(v.string(), v.unknown()), {}),
  dateBlocked: instant,
});
export type AdvocateParticipant = v.InferOutput<typeof Participant>;

/** A row of the list of all participants: who, when they came, and their fields. */
export const ParticipantLink = v.object({
  id: v.string(),
  accountId: v.string(),
  customFields: v.nullish(v.record(v.string(), v.unknown()), {}),
  dateCreated: instant,
});
export type AdvocateParticipantLink = v.InferOutput<typeof ParticipantLink>;

export const Reward = v.object({
  id: v.string(),
  type: v.string(),
  unit: v.string(),
  /** Integer in the unit's minor unit: what is left to redeem. */
  availableValue: v.pipe(v.number(), v.integer()),
  assignedCredit: v.nullish(v.pipe(v.number(), v.integer()), 0),
  redeemedCredit: v.nullish(v.pipe(v.number(), v.integer()), 0),
  statuses: v.array(v.string()),
  /** An open set: more reasons exist than are documented. */
  pendingReasons: v.array(v.string()),
  redeemable: v.boolean(),
  dateCreated: instant,
  dateGiven: instant,
  dateModified: instant,
  dateScheduledFor: instant,
  rewardUnit: v.object({
    key: v.string(),
    currency: v.nullish(v.object({ currencyCode: v.string(), fractionDigits: v.number() }), null),
  }),
  meta: v.nullish(
    v.object({
      status: v.string(),
      customMeta: v.nullish(v.unknown(), null),
      integration: v.nullish(v.object({ service: v.string(), name: v.string(), enabled: v.boolean() }), null),
    }),
    null,
  ),
  user: v.nullish(Participant, null),
});
export type AdvocateReward = v.InferOutput<typeof Reward>;

/** One row that we cannot read is left out, so that it does not stop all the others. */
export const list = <S extends v.GenericSchema>(item: S) =>
  v.object({ totalCount: v.number(), data: v.array(v.fallback(v.nullable(item), null)) });
export const UnitSettings = v.object({ id: v.string(), config: v.unknown() });
export const CustomField = v.object({ key: v.string(), name: v.nullish(v.string(), null) });
export const Integration = v.object({
  service: v.string(),
  name: v.string(),
  enabled: v.boolean(),
  config: v.nullish(v.unknown(), null),
});
export type AdvocateUnitSettings = v.InferOutput<typeof UnitSettings>;
export type AdvocateIntegration = v.InferOutput<typeof Integration>;

export const Redeemed = v.object({
  creditRedeemed: v.number(),
  creditAvailable: v.number(),
  unit: v.string(),
});

export const GraphQLAnswer = v.object({
  data: v.optional(v.unknown()),
  errors: v.nullish(v.array(v.object({ message: v.string(), extensions: v.optional(v.unknown()) }))),
  extensions: v.optional(v.unknown()),
});
