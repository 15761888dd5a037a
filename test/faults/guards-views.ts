/**
 * The guards of settings, team and health: nothing is changed unasked, unseen, or by whoever may only read. And of
 * where credits went: whose it is, and that what is kept of a balance is right.
 */
import { type Guard, guardsIn } from './guards.ts';

const SETTINGS = 'test/unit/dashboard-settings.test.tsx';
const OTHER = 'test/unit/dashboard-other-proxy.test.tsx';
const TEAM = 'test/unit/dashboard-team.test.tsx';
const HEALTH = 'test/unit/dashboard-health.test.tsx';
const WHOSE = 'test/unit/landing-whose.test.ts';
const KEPT = 'test/proxy/landing-kept.test.ts';

export const VIEWS = (): Guard[] => [
  ...guardsIn('src/dashboard/settings/Save.tsx', [
    [
      'nobody overwrites settings that they have not seen',
      "disabled={!body || stand === 'moved'}",
      'disabled={!body}',
      SETTINGS,
      'never written over unseen',
    ],
  ]),
  ...guardsIn('src/dashboard/settings/Settings.tsx', [
    [
      'pausing hides nothing that somebody else changed',
      'if (stored.value && base && !isNew)',
      'if (stored.value && base)',
      SETTINGS,
      'hide nothing',
    ],
    [
      'support changes no units',
      'onChange={admin ? put : null}',
      'onChange={put}',
      SETTINGS,
      'support reads',
    ],
  ]),
  ...guardsIn('src/dashboard/store.ts', [
    [
      'nothing of one proxy is shown or done as another’s',
      'if (proxy !== null && paired !== proxy) forget();',
      '',
      OTHER,
      'never shown as another',
    ],
  ]),
  ...guardsIn('src/dashboard/unlinked/desk.ts', [
    [
      'a linking does not go on with another proxy',
      'leave();\n      run.value = null;',
      'leave();',
      OTHER,
      'does not go on with another',
    ],
  ]),
  ...guardsIn('src/dashboard/settings/settings-draft.ts', [
    [
      'what is typed while settings are saved is not lost',
      'if (draft === null || draft === sent) return null;',
      'if (draft === null || sent !== null) return null;',
      SETTINGS,
      'slow proxy',
    ],
    [
      'a unit that cannot be paid is not saved',
      "if (draft.unit !== '' && !checkUnit(draft.unit, known, listed).ok) return null;",
      '',
      SETTINGS,
      'cannot be paid',
    ],
  ]),
  ...guardsIn('src/dashboard/settings/Credits.tsx', [
    [
      'pausing live asks once more',
      "if (state.mode === 'live') asking.value = true;",
      'if (asking.value) asking.value = true;',
      SETTINGS,
      'asks once more',
    ],
  ]),
  ...guardsIn('src/ui/settings/TurnOnButton.tsx', [
    [
      'turning live on asks once more',
      'if (live || earlier) asking.value = true;',
      'if (earlier) asking.value = true;',
      [SETTINGS, HEALTH],
      'asks once more',
    ],
  ]),
  ...guardsIn('src/dashboard/team/Team.tsx', [
    [
      'nobody is removed without a question',
      'leaving.value = member;',
      'void remove(member);',
      TEAM,
      'only after a question',
    ],
    ['support invites nobody', 'mayInvite={admin}', 'mayInvite', TEAM, 'support sees'],
  ]),
  ...guardsIn('src/dashboard/team/Members.tsx', [
    [
      'the last admin stays',
      "member.role === 'admin' && admins === 1",
      'admins === 0',
      TEAM,
      'the last admin has no button',
    ],
  ]),
  ...guardsIn('src/dashboard/health/CheckDeed.tsx', [
    [
      'support turns nothing on',
      'if (!isAdmin(state)) return <p class="hint">{say(\'health_admin_only\')}</p>;',
      '',
      HEALTH,
      'support is told',
    ],
  ]),
  ...guardsIn('src/proxy/landing.ts', [
    [
      'an invoice that used what is taken back is paid from the others',
      'if (own !== undefined) free(own, open);',
      '',
      [WHOSE, 'test/proxy/landing-whose.test.ts'],
    ],
    [
      'a take-back is never told as somebody in Stripe',
      "takesBack !== null ? 'taken_back' : invoice === null",
      'invoice === null',
      WHOSE,
      'was not read',
    ],
    [
      'what was taken back once stays taken back',
      "({ kind }) => kind !== 'taken_back'",
      '() => true',
      WHOSE,
      'property: what is taken back',
    ],
    [
      'a voided invoice owes nothing any more',
      'its(debt.use) ? Math.min(debt.open, left) : 0',
      '0',
      WHOSE,
      'paid by nobody',
    ],
    [
      'an invoice is one line of a credit',
      'else same.amount += amount;',
      'else lot.uses.push({ ...what, amount });',
      WHOSE,
      'one line',
    ],
    [
      'the lines of a credit stand in their order',
      '    lot.uses.sort((a, b) => a.at - b.at);\n',
      '',
      WHOSE,
      'order of their days',
    ],
  ]),
  ...guardsIn('src/proxy/read-landing.ts', [
    [
      'the last second is read again',
      '.findLastIndex(({ at }) => at !== known.at(-1)?.at) + 1',
      '.length',
      KEPT,
      'behind the newest',
    ],
    [
      'what does not add up is read anew',
      'addsUp(oldestFirst, sure) ? oldestFirst.slice(-MOST_MOVEMENTS) : null',
      'oldestFirst.slice(-MOST_MOVEMENTS)',
      KEPT,
      'read anew',
    ],
    [
      'a kept list does not grow without end',
      'oldestFirst.slice(-MOST_MOVEMENTS) : null',
      'oldestFirst : null',
      KEPT,
      'no more is kept',
    ],
    [
      'what is too long ago is not asked for again and again',
      ' || (credited_at ?? from) < from',
      '',
      KEPT,
      'no more is kept',
    ],
    [
      'an endless list of newer ones is not read to its end',
      'for (let pages = 0; pages < MOST_PAGES; pages += 1) {\n    const last = oldestFirst',
      'for (;;) {\n    const last = oldestFirst',
      KEPT,
      'only the newest',
    ],
  ]),
];
