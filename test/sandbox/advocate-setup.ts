import { onTestFinished } from 'vitest';
import {
  type AdvocateSimulator,
  type SimulatorOptions,
  startAdvocateSimulator,
} from '../../sandbox/advocate/simulator.ts';
import { readSeed, type SeedParticipant, type SeedReward } from '../../sandbox/seed.ts';
import type { Mode } from '../../src/contract/words.ts';

export const seed = readSeed();

export async function start(options: Partial<SimulatorOptions> = {}): Promise<AdvocateSimulator> {
  const simulator = await startAdvocateSimulator({ seed, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

export const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
export const keyOf = (mode: Mode) => basic('', seed.advocate.tenants[mode].apiKey);

export type Answer = { status: number; body: Record<string, unknown>; text: string; headers: Headers };

export async function call(
  simulator: AdvocateSimulator,
  method: string,
  path: string,
  body?: unknown,
  { mode = 'test', authorization = keyOf(mode) }: { mode?: Mode; authorization?: string | null } = {},
): Promise<Answer> {
  const answer = await fetch(`${simulator.url}/api/v1/${seed.advocate.tenants[mode].alias}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const parsed: unknown = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : {};
  return { status: answer.status, body: Object(parsed), text, headers: answer.headers };
}

type Row = Record<string, unknown>;
/** The data of one GraphQL answer; `errors` fails the test. */
export async function ask(
  simulator: AdvocateSimulator,
  query: string,
  variables: Row = {},
  operationName?: string,
): Promise<Record<string, Row & { data: Row[]; totalCount: number }>> {
  const { body } = await call(simulator, 'POST', '/graphql', { query, variables, operationName });
  if (body.errors) throw new Error(JSON.stringify(body.errors));
  return Object(body.data);
}

export function participant(name: string, mode: Mode = 'test'): SeedParticipant & { rewards: SeedReward[] } {
  const found = seed.advocate.participants.find(
    (p) => p.mode === mode && `${p.firstName} ${p.lastName}` === name,
  );
  if (!found) throw new Error(`The seed has no ${name}.`);
  return { ...found, rewards: found.rewards ?? [] };
}

export function rewardOf(name: string, which: Partial<SeedReward> = {}): SeedReward {
  const found = participant(name).rewards.find((r) =>
    Object.entries(which).every(([key, value]) => r[key as keyof SeedReward] === value),
  );
  if (!found) throw new Error(`${name} has no such reward.`);
  return found;
}

export const userPath = ({ accountId, id }: { accountId: string; id: string }) =>
  `/open/account/${encodeURIComponent(accountId)}/user/${encodeURIComponent(id)}`;
