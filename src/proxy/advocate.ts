/** The one file that talks to Advocate, for one mode. Every answer is checked before it is believed. */
import * as v from 'valibot';
import { LINK_FIELD } from '../contract/words.ts';
import { DOCUMENTS, type DocumentName } from './advocate-documents.ts';
import { AdvocateError, failureOf, graphQLFailure } from './advocate-error.ts';
import {
  type AdvocateIntegration,
  type AdvocateParticipant,
  type AdvocateParticipantLink,
  type AdvocateReward,
  type AdvocateUnitSettings,
  CustomField,
  GraphQLAnswer,
  Integration,
  list,
  Participant,
  ParticipantLink,
  Redeemed,
  Reward,
  UnitSettings,
} from './advocate-shapes.ts';
import { readLimited, TooLargeError } from './read-limited.ts';

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
/** A page of the largest objects is far below it. Past it nobody knows what was done, as with no answer at all. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

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
      text = await readLimited(response, LARGEST_ANSWER);
    } catch (error) {
      throw new AdvocateError(
        'unreachable',
        error instanceof TooLargeError
          ? 'Advocate’s answer was larger than 16 MB, so it was not read to its end.'
          : `Advocate did not answer (${error instanceof Error ? error.name : 'error'}).`,
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

    /** What these accounts may still be paid, in no order. */
    rewardsWaiting: (accountIds: readonly string[], units: readonly string[]): Promise<AdvocateReward[]> =>
      accountIds.length === 0 || units.length === 0
        ? Promise.resolve([])
        : readAll((offset) =>
            rewardPage(
              {
                type_eq: 'CREDIT',
                unit_in: units,
                statuses_in: [{ status: 'AVAILABLE' }, { status: 'PENDING' }],
                OR: accountIds.map((id) => ({ accountId_eq: id })),
              },
              PAGE,
              offset,
              BY_CREATION,
            ),
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

    /** Everybody with one of these e-mails, spelt exactly so. */
    participantsByEmail: (emails: readonly string[]): Promise<AdvocateParticipant[]> =>
      emails.length === 0
        ? Promise.resolve([])
        : readAll((offset) =>
            participantPage({ OR: emails.map((email) => ({ email_eq: email })) }, PAGE, offset),
          ),

    /** A page of everybody, the oldest first. A row that cannot be read is null, and keeps its place. */
    async participantLinks(
      limit: number,
      offset: number,
    ): Promise<{ totalCount: number; data: (AdvocateParticipantLink | null)[] }> {
      const variables = { limit, offset, sortBy: [...BY_CREATION, { field: 'id', order: 'ASC' }] };
      return (await query('ParticipantLinks', variables, v.object({ users: list(ParticipantLink) }))).users;
    },

    /** E-mail (as it is spelt, and in small letters) or id first; the slow fuzzy search only when that finds nobody. */
    async findParticipants(q: string, limit: number): Promise<AdvocateParticipant[]> {
      const present = (page: { data: (AdvocateParticipant | null)[] }) =>
        page.data.filter((participant): participant is AdvocateParticipant => participant !== null);
      const emails = [...new Set([q, q.toLowerCase()])].map((email) => ({ email_eq: email }));
      const exact = { OR: [...emails, { id_eq: q }, { accountId_eq: q }] };
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a gateway's HTML page
  }
}
