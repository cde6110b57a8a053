// Preloaded into a process under test: says its peak resident memory on standard error at exit.
process.on('exit', () => {
  process.stderr.write(`peak ${process.resourceUsage().maxRSS} KiB\n`);
});
