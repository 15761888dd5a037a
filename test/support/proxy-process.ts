/** The proxy as a process: says where it listens and how to pair. */
import { startProxy, stopOnSignals } from '../../src/proxy/server.ts';

const proxy = await startProxy(process.env);
stopOnSignals(proxy);
process.stdout.write(`${JSON.stringify({ url: proxy.url, code: await proxy.invite('admin') })}\n`);
