/** The guards between a reward and its one credit: ledger, judge, redeem. */
import { type Guard, guardsIn } from './guards.ts';

const TRANSPORT = 'test/faults/transport.test.ts';
const ANSWERS = 'test/faults/stripe-answers.test.ts';
const CUSTOMERS = 'test/faults/customers.test.ts';
const PROCESSES = 'test/faults/processes.test.ts';
const LOCKS = 'test/faults/locks.test.ts';
const MEANWHILE = 'test/proxy/meanwhile.test.ts';
const REDEEM = 'test/proxy/redeem-once.test.ts';
const UNPAID = 'test/proxy/unpaid-says-why.test.ts';
const LINKED = 'test/proxy/found-and-linked.test.ts';
const TAKE_BACK = ['test/proxy/take-back.test.ts', 'test/proxy/take-back-interrupted.test.ts'];
const BEFORE = 'test/proxy/before-money-moves.test.ts';

const TOGETHER = 'test/proxy/sqlite-together.test.ts';

export const MONEY = (): Guard[] => [
  ...guardsIn('src/proxy/sqlite-together.ts', [
    ['together: a transaction is told once it is on the disk', '    await group.ended;\n', '', TOGETHER],
    ['together: so is a statement, and whoever read it', '    await group?.ended;\n', '', TOGETHER],
    ['together: what the disk took back is not carried on', 'if (isInside) this.#mustStand();', '', TOGETHER],
  ]),
  ...guardsIn('src/proxy/credit-batch.ts', [
    [
      'a browser that stopped reading holds up nobody else',
      'if (outcome !== null) await tell(outcome);',
      'if (outcome !== null) await batch.tempo.inRoom(() => tell(outcome));',
      PROCESSES,
      'again and again',
    ],
  ]),
  ...guardsIn('src/proxy/ledger.ts', [
    [
      'row lock: a live request’s row is nobody else’s',
      "eb('locked_until', '<', now())",
      "eb('locked_until', 'is not', null)",
      PROCESSES,
      'F24',
    ],
    [
      'fence: who lost the row can write nothing to it',
      "      .where('locked_by', '=', locked_by)\n",
      '',
      LOCKS,
    ],
    ['fence: a lock that ran out is no lock', "      .where('locked_until', '>=', now())\n", '', LOCKS],
    [
      'fence: what is credited is not claimed any more',
      "      .where('point', '=', 'claimed')\n      .returningAll()\n      .executeTakeFirst();\n    if (held === undefined)",
      '      .returningAll()\n      .executeTakeFirst();\n    if (held === undefined)',
      LOCKS,
    ],
    ['cap of the day, in the claim', 'claim.currency)) > dayCap)', 'claim.currency)) < 0)', UNPAID, 'cap'],
    [
      'cap of the day, when claimed anew',
      'if (sum > dayCap) throw OVER_CAP;',
      '',
      LOCKS,
      'claim of yesterday',
    ],
    [
      'what is claimed anew counts today',
      '{ ...values, claimed_at: now() }, tx',
      'values, tx',
      LOCKS,
      'claim of yesterday',
    ],
    [
      'another customer, another key',
      'current.customer === claim.customer &&',
      '',
      ANSWERS,
      'during the wait somebody relinks',
    ],
    [
      'a new epoch is a new key',
      'idempotency_key: keyOf(current.reward, current.key_epoch + 1)',
      'idempotency_key: current.idempotency_key',
      ANSWERS,
      'F12',
    ],
    [
      'a second, different credit is an alarm',
      'if (standing.credit === credit.id) return standing;',
      'return standing;',
      LOCKS,
    ],
  ]),
  ...guardsIn('src/proxy/credit-reward.ts', [
    [
      'a ledger born anew looks before it pays',
      'if (earnedAt(reward) >= context.bornAt + BIRTH_SLACK_MS) return null;',
      'if (context.bornAt >= 0) return null;',
      PROCESSES,
      'F24',
    ],
    [
      'what was claimed before counts on the day it is sent',
      'if (!checked || !sameCredit(row, wanted))',
      'if (!sameCredit(row, wanted))',
      BEFORE,
      'claimed yesterday',
    ],
    ['old facts move no money', 'STALE_MS = 10_000', 'STALE_MS = 1e15', MEANWHILE, 'stood still'],
    [
      'a clock that was set back makes no fact young at the sending',
      'Math.abs(context.now() - known.readAt) <= STALE_MS',
      'context.now() - known.readAt <= STALE_MS',
      MEANWHILE,
      'stood still',
    ],
    [
      'what was taken back is not paid again',
      'if (reversed !== null) return reversed;',
      '',
      TAKE_BACK,
      'never credited again',
    ],
    [
      'a cap is passed only by a person’s word for this reward',
      'const released = context.capReleased(id);',
      "const released = id !== '';",
      BEFORE,
      'above the cap',
    ],
  ]),
  ...guardsIn('src/proxy/known.ts', [
    [
      'facts are fresh when money moves',
      'FRESH_MS = 3_000',
      'FRESH_MS = 3e9',
      MEANWHILE,
      'during a long batch',
    ],
    [
      'a clock that was set back makes no fact young in a batch',
      'Math.abs(context.now() - latest.at) > FRESH_MS',
      'context.now() - latest.at > FRESH_MS',
      MEANWHILE,
      'clock that is set back',
    ],
  ]),
  ...guardsIn('src/proxy/redeem-reward.ts', [
    [
      'what was redeemed before counts',
      'const target = row.redeemed_before + row.redeem_amount;',
      'const target = row.redeem_amount;',
      REDEEM,
      'partly',
    ],
    [
      'what is redeemed already is not redeemed again',
      'if (already >= target) return { byHand };',
      '',
      REDEEM,
    ],
    ['a redemption under way is written down first', 'await context.ledger.markRedeemSent(row);', '', REDEEM],
    [
      'a redemption that was turned away is not ours',
      'await context.ledger.markRedeemNotSent(row);',
      '',
      MEANWHILE,
      'owed to a person',
    ],
    ['a refusal is not believed at once', '!firstTry && sentFor < STALE_MS', 'sentFor < 0', CUSTOMERS, 'F22'],
    [
      'cancelled after the credit is shown to a person',
      "if (reward.statuses.includes('CANCELLED')) return",
      "if (reward.id === '') return",
      REDEEM,
      'cancelled',
    ],
    [
      'a note is written once',
      'await ledger.noted(row.reward',
      'void (row.reward',
      TRANSPORT,
      'note is written once',
    ],
  ]),
  ...guardsIn('src/proxy/check-customer.ts', [
    [
      'the customer’s currency',
      'if (currency !== null && currency !== money.currency)',
      'if (currency === money.customer)',
      CUSTOMERS,
      'F18',
    ],
    [
      'a currency that is not set is a person’s decision',
      'if (!context.currencyConfirmed(id)) return',
      "if (id === '') return",
      CUSTOMERS,
      'F18',
    ],
  ]),
  ...guardsIn('src/proxy/judge.ts', [
    [
      'cancelled is not paid',
      "if (reward.statuses.includes('CANCELLED')) return",
      "if (reward.id === '') return",
      UNPAID,
    ],
    [
      'only units that were configured',
      'if (!settings.units.includes(reward.unit)) return',
      "if (reward.id === '') return",
      UNPAID,
    ],
    ['what another integration pays', 'if (owner !== null) return', "if (reward.id === '') return", UNPAID],
    ['one account, one customer', 'if (others.length > 0)', 'if (others.length > 99)', UNPAID],
    [
      'what was earned before its unit waits for a person',
      'if (earlier) return',
      "if (earlier && reward.id === '') return",
      BEFORE,
      'waits, says so',
    ],
    ['paused is paused', 'if (settings.paused) return', "if (reward.id === '') return", MEANWHILE, 'pausing'],
  ]),
  ...guardsIn('src/proxy/parts.ts', [
    [
      'one write at a time to a customer',
      'const turn = (last.get(name) ?? Promise.resolve()).then(work, work);',
      'const turn = work();',
      ANSWERS,
      'F10',
    ],
  ]),
  ...guardsIn('src/proxy/database.ts', [
    [
      'long silence counts as born anew',
      'LONG_SILENCE_MS = 20 * 3_600_000',
      'LONG_SILENCE_MS = 1e15',
      MEANWHILE,
      'silent',
    ],
  ]),
  ...guardsIn('src/proxy/change-link.ts', [
    [
      'a link needs the value that was seen',
      'if (current !== previous)',
      "if (previous === 'never')",
      LINKED,
      'link at once',
    ],
    [
      'a link does not split an account',
      'await refuseOtherCustomer(context, participant, customer);',
      '',
      LINKED,
      'different customers',
    ],
  ]),
];
