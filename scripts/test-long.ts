/**
 * `npm run test:long`: the sizes that the project promises, half an hour or so. Prints everything and
 * keeps it in docs/design/runs/<day>-<commit>.log. Property tests run longer, from a fresh seed
 * that the log names (DREY_SEED repeats one).
 */
import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Property tests run this many times as often as in `npm test`. */
const RUNS_FACTOR = '10';
/** Of the simulation. */
const SCHEDULES = '200000';
const seed = process.env['DREY_SEED'] ?? String(Math.floor(Math.random() * 2 ** 31));
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const day = new Date().toISOString().slice(0, 10);
const folder = join('docs', 'design', 'runs');
mkdirSync(folder, { recursive: true });
const file = join(folder, `${day}-${commit}.log`);
const log = createWriteStream(file);

/** What is kept names no path of this machine. */
function say(text: string): void {
  process.stdout.write(text);
  log.write(text.replaceAll(process.cwd(), '.').replaceAll(homedir(), '~'));
}

function run(
  name: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const started = Date.now();
  say(`\n== ${name}: ${command.join(' ')}\n`);
  const [program, ...rest] = command;
  const child = spawn(program!, rest, {
    env: {
      ...process.env,
      DREY_SEED: seed,
      DREY_RUNS_FACTOR: RUNS_FACTOR,
      DREY_GOLDEN: 'all',
      NO_COLOR: '1',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk: Buffer) => say(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => say(chunk.toString()));
  return new Promise((settle) => {
    child.on('close', (status) => {
      say(`-- ${name}: exit ${status}, ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
      settle(status === 0);
    });
  });
}

const script = (name: string, ...flags: string[]): string[] => [
  'node',
  'scripts/run.js',
  `bench/${name}.ts`,
  ...flags,
];

say(`commit ${commit}, seed ${seed}, node ${process.version}, ${day}\n`);
const results = [
  await run('build', ['npm', 'run', '--silent', 'build']),
  await run('start-up', script('startup')),
  await run('list of jobs against a Java client', script('job-list')),
  await run('UV query against its peers', script('uv')),
  await run('memory by file size', script('memory', '--rounds', '1')),
  await run('endless stream of new devices', script('endless')),
  await run('sets of distinct counts', script('distinct-functions')),
  await run('kinds of windows', script('windows')),
  await run('timers', ['node', '--expose-gc', 'scripts/run.js', 'bench/timers.ts']),
  await run(`tests, ${RUNS_FACTOR} times the runs`, ['npx', 'vitest', 'run']),
  await run('simulation', ['npm', 'run', '--silent', 'sim'], { DREY_SCHEDULES: SCHEDULES }),
  await run('every verb on real clusters', ['node', 'scripts/run.js', 'scripts/all-verbs.ts']),
  await run('tests on real clusters', ['npm', 'run', '--silent', 'test:flink']),
];
const failed = results.filter((hasPassed) => !hasPassed).length;
say(`\n${results.length - failed} passed, ${failed} failed; kept in ${file}\n`);
log.end();
process.exitCode = failed === 0 ? 0 : 1;
