import { startSandbox } from '../sandbox/start.ts';
import { command } from './say.ts';

/** `npm run sandbox`: the simulators alone, for trying the proxy or the extension by hand. */
await command(async () => {
  const sandbox = await startSandbox();
  const { HOST: _, PORT: __, DATABASE_URL: ___, ...env } = sandbox.env;
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
