/** The proxy in a process of its own; its log goes where nobody reads it, but is written. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startProxy } from '../src/proxy/server.ts';

const proxy = await startProxy(process.env);
process.send?.({ url: proxy.url, code: await proxy.invite('admin') });
process.on('disconnect', () => process.exit(0));
/** Asked for anything, it says how many bytes are in use once all garbage is gone. */
process.on('message', () => {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ inUse: heapUsed + external });
});
