/** The one file that talks to Advocate, for one mode. Every answer is checked before it is believed. */
import * as v from 'valibot';
import { LINK_FIELD } from '../contract/words.ts';
import { DOCUMENTS, type DocumentName } from './advocate-documents.ts';
import { strikeSecrets } from './secrets.ts';

/** `unreachable`: no usable answer, so a write may have happened. The others are definite. */
export type AdvocateFailure = 'unreachable' | 'rate_limited' | 'refused_key' | 'refused';

export class AdvocateError extends Error {
  override name = 'AdvocateError';
  readonly failure: AdvocateFailure;
  /** Milliseconds to wait, where Advocate said so. */
  readonly retryAfter: number | null;
  readonly status: number | null;
  constructor(
    failure: AdvocateFailure,
    message: string,
    status: number | null = null,
    retryAfter: number | null = null,
  ) {
    super(strikeSecrets(message));
    this.failure = failure;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

const instant = v.nullish(v.number(), null);
const Participant = v.object({
  id: v.string(),
  accountId: v.string(),
  firstName: v.nullish(v.string(), null),
  lastName: v.nullish(v.string(), null),
  email: v.nullish(v.string(), null),
  customFields: v.nullish(v.record(v.string(), v.unknown()), {}),
  dateBlocked: instant,
});
export type AdvocateParticipant = v.InferOutput<typeof Participant>;

const Reward = v.object({
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
const list = <S extends v.GenericSchema>(item: S) =>
  v.object({ totalCount: v.number(), data: v.array(v.fallback(v.nullable(item), null)) });
const UnitSettings = v.object({ id: v.string(), config: v.unknown() });
const CustomField = v.object({ key: v.string(), name: v.nullish(v.string(), null) });
const Integration = v.object({
  service: v.string(),
  name: v.string(),
  enabled: v.boolean(),
  config: v.nullish(v.unknown(), null),
});
export type AdvocateUnitSettings = v.InferOutput<typeof UnitSettings>;
export type AdvocateIntegration = v.InferOutput<typeof Integration>;

const Redeemed = v.object({ creditRedeemed: v.number(), creditAvailable: v.number(), unit: v.string() });

export type RewardFilter = Record<string, unknown>;
export type AdvocateOptions = {
  base: string;
  tenant: string;
  userName: string;
  apiKey: string;
  timeoutMs?: number;
};
export type Advocate = ReturnType<typeof createAdvocate>;

/** Advocate's largest page is not documented, so every list is read until its own count is reached. */
const PAGE = 100;

const BY_CREATION = [{ field: 'dateCreated', order: 'ASC' }];

export function createAdvocate({ base, tenant, userName, apiKey, timeoutMs = 15_000 }: AdvocateOptions) {
  const root = `${base}/api/v1/${encodeURIComponent(tenant)}`;
  const authorization = `Basic ${Buffer.from(`${userName}:${apiKey}`).toString('base64')}`;

  async function call(method: string, path: string, body: unknown): Promise<unknown> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(root + path, {
        method,
        headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      throw new AdvocateError(
        'unreachable',
        `Advocate did not answer (${error instanceof Error ? error.name : 'error'}).`,
      );
    }
    const parsed = parseJson(text);
    if (response.ok && parsed !== undefined) return parsed;
    throw failureOf(response, parsed);
  }

  async function query<S extends v.GenericSchema>(
    name: DocumentName,
    variables: object,
    schema: S,
  ): Promise<v.InferOutput<S>> {
    const answer = await call('POST', '/graphql', { query: DOCUMENTS[name], operationName: name, variables });
    const envelope = v.safeParse(GraphQLAnswer, answer);
    if (!envelope.success)
      throw new AdvocateError('unreachable', `Advocate's answer to ${name} was not GraphQL.`);
    const { data, errors, extensions } = envelope.output;
    if (errors && errors.length > 0)
      throw graphQLFailure(errors[0]?.message ?? 'no message', extensions ?? errors[0]?.extensions);
    const parsed = v.safeParse(schema, data);
    if (!parsed.success)
      throw new AdvocateError('unreachable', `Advocate's answer to ${name} has a shape we do not know.`);
    return parsed.output;
  }

  /** Reads a whole list in pages. The filter must not select by what is being changed meanwhile. */
  async function readAll<T>(
    read: (offset: number) => Promise<{ totalCount: number; data: (T | null)[] }>,
  ): Promise<T[]> {
    const all: T[] = [];
    for (let offset = 0; ; ) {
      const page = await read(offset);
      all.push(...page.data.filter((item): item is T => item !== null));
      offset += page.data.length;
      if (page.data.length === 0 || offset >= page.totalCount) return all;
    }
  }

  const rewardPage = async (filter: RewardFilter, limit: number, offset: number, sortBy?: object[]) =>
    (await query('Rewards', { filter, limit, offset, sortBy }, v.object({ rewards: list(Reward) }))).rewards;
  const participantPage = async (filter: object, limit: number, offset: number) =>
    (await query('Participants', { filter, limit, offset }, v.object({ users: list(Participant) }))).users;

  return {
    tenant,

    /** One page of rewards. Order and bounds are the caller's. */
    async rewards(
      filter: RewardFilter,
      limit: number,
      offset: number,
      sortBy: object[],
    ): Promise<{ totalCount: number; rewards: AdvocateReward[] }> {
      const { totalCount, data } = await rewardPage(filter, limit, offset, sortBy);
      return { totalCount, rewards: data.filter((reward): reward is AdvocateReward => reward !== null) };
    },

    allRewards: (filter: RewardFilter): Promise<AdvocateReward[]> =>
      readAll((offset) => rewardPage(filter, PAGE, offset, BY_CREATION)),

    async reward(id: string): Promise<AdvocateReward | null> {
      return (await query('Reward', { id }, v.object({ reward: v.nullish(Reward, null) }))).reward;
    },

    async rewardsById(ids: readonly string[]): Promise<Map<string, AdvocateReward>> {
      const found = await readAll((offset) => rewardPage({ id_in: ids }, PAGE, offset, BY_CREATION));
      return new Map(found.map((reward) => [reward.id, reward]));
    },

    rewardsOfAccount: (accountId: string, units: readonly string[]) =>
      readAll((offset) =>
        rewardPage({ accountId_eq: accountId, type_eq: 'CREDIT', unit_in: units }, PAGE, offset, BY_CREATION),
      ),

    async participant(accountId: string, userId: string): Promise<AdvocateParticipant | null> {
      const schema = v.object({ user: v.nullish(Participant, null) });
      return (await query('Participant', { accountId, id: userId }, schema)).user;
    },

    /** Every participant of these accounts, by account. */
    async participantsOfAccounts(accountIds: readonly string[]): Promise<Map<string, AdvocateParticipant[]>> {
      const byAccount = new Map<string, AdvocateParticipant[]>(accountIds.map((id) => [id, []]));
      if (accountIds.length === 0) return byAccount;
      const filter = { OR: accountIds.map((id) => ({ accountId_eq: id })) };
      for (const participant of await readAll((offset) => participantPage(filter, PAGE, offset)))
        byAccount.get(participant.accountId)?.push(participant);
      return byAccount;
    },

    participantsByKey: (keys: readonly { accountId: string; userId: string }[]) =>
      keys.length === 0
        ? Promise.resolve([])
        : readAll((offset) =>
            participantPage(
              {
                OR: keys.map(({ accountId, userId }) => ({
                  AND: [{ accountId_eq: accountId }, { id_eq: userId }],
                })),
              },
              PAGE,
              offset,
            ),
          ),

    /** Exact e-mail or id first; Advocate's slow fuzzy search only when that finds nobody. */
    async findParticipants(q: string, limit: number): Promise<AdvocateParticipant[]> {
      const present = (page: { data: (AdvocateParticipant | null)[] }) =>
        page.data.filter((participant): participant is AdvocateParticipant => participant !== null);
      const exact = { OR: [{ email_eq: q }, { id_eq: q }, { accountId_eq: q }] };
      const found = present(await participantPage(exact, limit, 0));
      if (found.length > 0) return found;
      const schema = v.object({ users: list(Participant) });
      return present((await query('ParticipantSearch', { query: q, limit }, schema)).users);
    },

    unitSettings: () =>
      readAll<AdvocateUnitSettings>(
        async (offset) =>
          (
            await query(
              'Units',
              { limit: PAGE, offset },
              v.object({ rewardUnitSettingsList: list(UnitSettings) }),
            )
          ).rewardUnitSettingsList,
      ),
    customFields: () =>
      readAll<v.InferOutput<typeof CustomField>>(
        async (offset) =>
          (
            await query(
              'CustomFields',
              { limit: PAGE, offset },
              v.object({ customFields: list(CustomField) }),
            )
          ).customFields,
      ),
    integrations: () =>
      readAll<AdvocateIntegration>(
        async (offset) =>
          (
            await query(
              'Integrations',
              { limit: PAGE, offset },
              v.object({ integrations: list(Integration) }),
            )
          ).integrations,
      ),

    /**
     * Sets or removes the link. Only this one field is sent, since an update can set off a program's own rules;
     * the merge of custom fields is nowhere promised, so the answer is read back.
     */
    async setLink(accountId: string, userId: string, customer: string | null): Promise<void> {
      const path = `/open/account/${encodeURIComponent(accountId)}/user/${encodeURIComponent(userId)}`;
      await call('PUT', path, { id: userId, accountId, customFields: { [LINK_FIELD]: customer } });
    },

    /** Records that credit was used. Not idempotent at Advocate: the ledger decides whether it is asked again. */
    async redeem(reward: string, amount: number, unit: string): Promise<{ redeemed: number }> {
      const answer = v.safeParse(
        Redeemed,
        await call('POST', `/credit/${encodeURIComponent(reward)}/redeem`, { amount, unit }),
      );
      if (!answer.success)
        throw new AdvocateError('unreachable', "Advocate's answer to a redemption was not understood.");
      return { redeemed: answer.output.creditRedeemed };
    },

    /** What people see beside the reward in Advocate. `message` may reach the participant, so it names no ids. */
    async note(
      rewardId: string,
      status: 'SUCCESS' | 'WARN' | 'ERROR',
      message: string,
      internalMessage: string,
      customMeta: object,
    ): Promise<void> {
      const note = { rewardId, status, message, internalMessage, customMeta };
      await query('Note', { note }, v.object({ upsertRewardMeta: v.object({ id: v.string() }) }));
    },
  };
}

const GraphQLAnswer = v.object({
  data: v.optional(v.unknown()),
  errors: v.nullish(v.array(v.object({ message: v.string(), extensions: v.optional(v.unknown()) }))),
  extensions: v.optional(v.unknown()),
});
const ApiError = v.object({ message: v.string(), statusCode: v.number() });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a gateway's HTML page
  }
}

function failureOf(response: Response, body: unknown): AdvocateError {
  const { status } = response;
  const apiError = v.safeParse(ApiError, body);
  const message = apiError.success ? apiError.output.message : `HTTP ${status}`;
  if (status === 429) {
    const seconds = Number(response.headers.get('retry-after'));
    return new AdvocateError(
      'rate_limited',
      message,
      status,
      Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null,
    );
  }
  if (status === 401) return new AdvocateError('refused_key', message, status);
  // Only Advocate's own error body is a definite no; a gateway's 4xx page says nothing about a write.
  if (status >= 400 && status < 500 && apiError.success) return new AdvocateError('refused', message, status);
  return new AdvocateError(
    'unreachable',
    `Advocate answered HTTP ${status} without a usable answer.`,
    status,
  );
}

function graphQLFailure(message: string, extensions: unknown): AdvocateError {
  const found = v.safeParse(v.object({ apiError: ApiError }), extensions);
  const status = found.success ? found.output.apiError.statusCode : 400;
  const text = found.success ? found.output.apiError.message : message;
  if (status === 401) return new AdvocateError('refused_key', text, status);
  if (status === 429) return new AdvocateError('rate_limited', text, status);
  if (status >= 500) return new AdvocateError('unreachable', text, status);
  return new AdvocateError('refused', text, status);
}
