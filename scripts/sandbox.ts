import { parseArgs } from 'node:util';
import { listenAt } from '../sandbox/listen-at.ts';
import { startSandbox } from '../sandbox/start.ts';
import { startYear } from '../sandbox/year/year.ts';
import { command, Refusal } from './say.ts';

const USAGE = `npm run sandbox                    the simulators alone, with a small cast
npm run sandbox -- --year          a year of rewards, with a proxy's database that tells of it
    --seed 7                       another year; the same seed makes the same one
    --rewards 2400                 how many rewards, about
npm run sandbox -- --tell URL      the simulators call the proxy there by webhook, for example http://127.0.0.1:4242`;

function readNumber(name: string, text: string | undefined): Record<string, number> {
  if (text === undefined) return {};
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return { [name]: number };
  throw new Refusal(`--${name} takes a whole number.\n${USAGE}`);
}

/** `npm run sandbox`: the simulators alone, for trying the proxy or the extension by hand. */
await command(async () => {
  const { values } = parseArgs({
    options: {
      year: { type: 'boolean' },
      seed: { type: 'string' },
      rewards: { type: 'string' },
      tell: { type: 'string' },
    },
  });
  const options = { ...readNumber('seed', values.seed), ...readNumber('rewards', values.rewards) };
  if (!values.year && Object.keys(options).length > 0) throw new Refusal(USAGE);
  const proxy = values.tell?.replace(/\/+$/, '');
  if (proxy !== undefined && !URL.canParse(proxy)) throw new Refusal(`--tell takes an address.\n${USAGE}`);
  const sandbox = values.year ? await startYear(options) : await startSandbox();
  if (proxy !== undefined) listenAt(sandbox, proxy);
  const { HOST: _, PORT: __, DATABASE_URL: database, ...others } = sandbox.env;
  // Without a year, a database of the person's own is as good.
  const env = values.year ? { ...others, DATABASE_URL: database } : others;
  console.log(`Stripe simulator    ${sandbox.stripe.url}
Advocate simulator  ${sandbox.advocate.url}

For the proxy, in .env (nothing here is a real key):
${Object.entries(env)
  .map(([name, value]) => `  ${name}=${value}`)
  .join('\n')}

For the extension, a Chromium in which the real host names lead here, and load dist/chrome into it:
  chromium --user-data-dir=/tmp/sandbox-profile --ignore-certificate-errors "${sandbox.browserFlag}"

Ctrl+C ends it.`);
  await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  await sandbox.close();
  return 0;
});
