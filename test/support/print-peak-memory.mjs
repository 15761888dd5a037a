/** Loaded before a program (`node --import`): says at its very end how much memory it ever held. */
process.on('exit', () => {
  process.stderr.write(`peak memory ${process.resourceUsage().maxRSS} KiB\n`);
});
