/** The proxy in a process of its own; its log goes where nobody reads it, but is written. */
import { startProxy } from '../src/proxy/server.ts';

const proxy = await startProxy(process.env);
process.send?.({ url: proxy.url, code: await proxy.invite('admin') });
process.on('disconnect', () => process.exit(0));
