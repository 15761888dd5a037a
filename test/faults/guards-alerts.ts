/** The guards of what a team is told and of the health page: each thing once, nothing lost, nothing out of date. */
import { type Guard, guardsIn } from './guards.ts';

const ALERTS_ONCE = 'test/proxy/alerts.test.ts';
const THROUGH = 'test/proxy/alerts-through.test.ts';
const HEALTH = 'test/proxy/health.test.ts';
const DEAUTHORIZED = 'test/faults/deauthorized.test.ts';
const UPGRADE = 'test/proxy/upgrade-days.test.ts';

export const ALERTS = (): Guard[] => [
  ...guardsIn('src/proxy/alerts.ts', [
    [
      'two proxies do not take the same news',
      "        .where('state', '=', 'new')\n        .returning",
      '        .returning',
      ALERTS_ONCE,
      'several proxies',
    ],
    [
      'what may have arrived is not sent again',
      'if (sent.unknown) await',
      "if (sent.unknown && why === '') await",
      ALERTS_ONCE,
      'certainly',
    ],
    ['it is given up', 'tries < MOST_TRIES', 'tries < 99', ALERTS_ONCE, 'certainly'],
    [
      'nothing is kept for nobody',
      'if (url === null || ticking) return;',
      "if (ticking) return;\n      const address = url ?? '';",
      ALERTS_ONCE,
      'without an address',
    ],
    [
      'one source that fails keeps nothing else back',
      "log.error({ mode, kind, err: error }, 'what",
      "ticking = false;\n            return log.error({ mode, kind, err: error }, 'what",
      THROUGH,
      'keeps nothing else back',
    ],
    [
      'a message nobody knows of is no success',
      "return last.why ?? ('no_answer' satisfies DetailCode);",
      'return last.why;',
      THROUGH,
      'leaves word',
    ],
    [
      'a message that is under way is no failure',
      "            eb('tried_at', '<=', ",
      "            eb('tried_at', '>', ",
      THROUGH,
      'leaves word',
    ],
  ]),
  ...guardsIn('src/proxy/alert-causes.ts', [
    [
      'what is over can be news again',
      '    await over.execute();\n',
      '',
      ALERTS_ONCE,
      'until they are others',
    ],
    ['silence ends nothing', '    if (lost === null) return;\n', '', ALERTS_ONCE, 'silence is not'],
    [
      'a pause is no silence',
      'if (paused || turnedOnAt',
      'if (turnedOnAt',
      ALERTS_ONCE,
      'while it is paused',
    ],
    [
      'what was found before ends nothing that was found since',
      "        .where('noticed_at', '<', at)\n",
      '',
      THROUGH,
      'at different times',
    ],
    [
      'what was found before is no news after the end',
      "            .where('alerts.noticed_at', '<', at),",
      ',',
      THROUGH,
      'at different times',
    ],
    [
      'what stands still is no news',
      "            .where('alerts.state', '=', 'over')\n",
      '',
      THROUGH,
      'at different times',
    ],
  ]),
  ...guardsIn('src/proxy/alert-send.ts', [
    ['a redirect is not followed', "redirect: 'manual'", "redirect: 'follow'", ALERTS_ONCE, 'nowhere'],
    [
      'what was certainly not sent is not dropped',
      'unknown: MAY_HAVE_ARRIVED.has(code)',
      "unknown: code !== 'ECONNREFUSED'",
      THROUGH,
      'certainly not sent',
    ],
  ]),
  ...guardsIn('src/proxy/environment.ts', [
    [
      'an alert is not sent in the clear',
      '  if (!allowed) wrong.push',
      '  if (url === null) wrong.push',
      ALERTS_ONCE,
      'refused in a sentence',
    ],
    [
      'nothing is set that nothing can be sent to',
      "if (url !== null && url.username + url.password !== '')",
      "if (url?.username === ' ')",
      ALERTS_ONCE,
      'refused in a sentence',
    ],
    [
      'hours are whole',
      'if (!Number.isInteger(hours) || hours < 1',
      'if (!(hours > 0)',
      ALERTS_ONCE,
      'refused in a sentence',
    ],
  ]),
  ...guardsIn('src/proxy/probe.ts', [
    [
      'what was found of one connection says nothing of another',
      'known?.of === of ?',
      'known ?',
      HEALTH,
      'at once',
    ],
  ]),
  ...guardsIn('src/proxy/http-problems.ts', [
    [
      'nobody reads a code of ours',
      "message === ('access_taken' satisfies DetailCode)",
      'message.length === 0',
      DEAUTHORIZED,
      'not in a code',
    ],
  ]),
  ...guardsIn('src/proxy/database-migrations.ts', [
    [
      'what was taken back before is counted',
      'where r.reversed_at is not null group by',
      'where r.reversed_at < 0 group by',
      UPGRADE,
      'taken back on it',
    ],
  ]),
];
