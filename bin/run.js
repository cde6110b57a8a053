#!/usr/bin/env node
// The shipped entry: compile cache on, `--version` answered at once, the rest handed over.
import { existsSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

nodeModule.enableCompileCache?.();

const root = fileURLToPath(new URL('..', import.meta.url));
const argv = process.argv.slice(2);

// An interrupted run may leave reads behind that keep the process alive, so it is ended here, when
// standard output is drained. An error of that stream was met by the one who wrote to it.
const exit = (status) => process.stdout.write('', () => process.exit(status));

if (argv[0] === '--version') {
  const { name, version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const machine = `${process.platform}-${process.arch} node-${process.version}`;
  process.stdout.write(`${name}/${version} ${machine}\n`);
} else if (existsSync(`${root}dist/main.js`)) {
  const { main, report } = await import('../dist/main.js');
  process.on('uncaughtException', (error) => void report(error, argv).then(exit));
  exit(await main(root, argv));
} else {
  process.stderr.write('drey is not built: run `npm ci && npm run build` in its folder.\n');
  process.exit(1);
}
