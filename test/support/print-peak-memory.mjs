/** Loaded before a program (`node --import`): says at its very end how much memory it ever held. */
import { readFileSync } from 'node:fs';

/** What the kernel counts for `getrusage` begins with what whoever started the program held; its own status does not. */
function peakKib() {
  try {
    const [, own] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (own !== undefined) return Number(own);
  } catch {
    // There is no such file but on Linux.
  }
  return process.resourceUsage().maxRSS;
}
process.on('exit', () => {
  process.stderr.write(`peak memory ${peakKib()} KiB\n`);
});
