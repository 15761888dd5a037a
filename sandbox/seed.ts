import { readFileSync } from 'node:fs';
import type { Mode } from '../src/contract/words.ts';

/** Customer in Stripe. `balance` as Stripe holds it: negative is credit, in minor units of `currency`. */
export type SeedCustomer = {
  mode: Mode;
  id: string;
  name: string | null;
  email: string | null;
  /** Lower case as in Stripe; null when the customer has never been billed. */
  currency: string | null;
  balance?: number;
  metadata?: Record<string, string>;
  createdDaysAgo: number;
  deleted?: boolean;
  /** A monthly invoice of this many minor units, so that a credit can be seen being used. */
  monthly?: number;
};

/** `partly` has `redeemed` of its amount redeemed already. */
export type SeedReward = {
  id: string;
  type?: 'CREDIT' | 'PCT_DISCOUNT' | 'FUELTANK' | 'INTEGRATION';
  unit: string;
  /** Integer in the unit's minor unit. */
  amount: number;
  status: 'available' | 'pending' | 'expired' | 'cancelled' | 'redeemed' | 'partly';
  redeemed?: number;
  pendingReason?: 'SCHEDULED' | 'UNHANDLED_ERROR' | 'US_TAX';
  /** With `SCHEDULED`: in so many days Advocate gives it. */
  scheduledInDays?: number;
  expiresInDays?: number;
  earnedDaysAgo: number;
  /** When it was redeemed, cancelled or expired; without it a day after it was earned, at most. */
  changedDaysAgo?: number;
  /** What the proxy wrote beside the reward when it was paid. */
  note?: { message: string; customMeta: Record<string, unknown> };
  name?: string;
  /** Another integration's mark on the reward. */
  meta?: { status: 'SUCCESS' | 'WARN' | 'ERROR'; message: string; integration: string };
};

export type SeedParticipant = {
  mode: Mode;
  accountId: string;
  id: string;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
  customFields?: Record<string, string | number | boolean>;
  createdDaysAgo: number;
  blocked?: boolean;
  rewards?: SeedReward[];
};

export type Seed = {
  stripe: {
    account: { id: string; name: string; email: string; country: string; defaultCurrency: string };
    platform: Record<Mode, { clientId: string; secretKey: string }>;
    /** Restricted keys of the account itself; `permissions` lists the `rak_…` names they hold. */
    restrictedKeys: Record<Mode, { key: string; permissions: string[] }>;
    customers: SeedCustomer[];
  };
  advocate: {
    tenants: Record<
      Mode,
      { alias: string; name: string; apiKey: string; accountSid: string; authToken: string }
    >;
    /** `config` as in Advocate's own RewardUnitSettings. */
    units: { mode: Mode; id: string; config: Record<string, unknown> }[];
    customFields: { mode: Mode; key: string; name: string }[];
    integrations: {
      mode: Mode;
      service: string;
      name: string;
      enabled: boolean;
      config: Record<string, unknown>;
    }[];
    participants: SeedParticipant[];
  };
};

/** The sandbox's whole starting state, from the one file that people edit. */
export function readSeed(): Seed {
  return JSON.parse(readFileSync(new URL('./seed.json', import.meta.url), 'utf8')) as Seed;
}
