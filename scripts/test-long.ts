/**
 * `npm run test:long`: the sizes that the project promises, some hours. Prints everything and keeps it
 * in docs/design/runs/<day>-<commit>.log. Property tests run longer, from a fresh seed that the log
 * names (DREY_SEED repeats one). `npm run test:long -- WORDS...` runs the steps whose names have one
 * of the words, so that several sittings can share the work; their log has the words in its name.
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
const wanted = process.argv.slice(2);
const part = wanted.map((words) => `-${words.replaceAll(/[^a-z0-9]+/gi, '-')}`).join('');
const file = join(folder, `${day}-${commit}${part}.log`);
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

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const steps: readonly Step[] = [
  { name: 'start-up', command: script('startup') },
  { name: 'list of jobs against a Java client', command: script('job-list') },
  { name: 'UV query against its peers', command: script('uv') },
  { name: 'memory by file size', command: script('memory', '--rounds', '1') },
  { name: 'endless stream of new devices', command: script('endless') },
  { name: 'sets of distinct counts', command: script('distinct-functions') },
  { name: 'kinds of windows', command: script('windows') },
  {
    name: 'timers',
    command: ['node', '--expose-gc', 'scripts/run.js', 'bench/timers.ts'],
  },
  { name: 'checkpoints every second', command: script('checkpoints') },
  { name: 'first row after kill -9', command: script('recovery') },
  {
    name: 'stalls and sizes with 1 GB of state',
    command: [
      'node',
      '--expose-gc',
      '--max-old-space-size=12000',
      ...script('state').slice(1),
    ].concat(['--keys', '8000000', '--text', '90']),
  },
  { name: 'state written while rows go on', command: script('later-state') },
  { name: `tests, ${RUNS_FACTOR} times the runs`, command: ['npx', 'vitest', 'run'] },
  {
    name: 'simulation',
    command: ['npm', 'run', '--silent', 'sim'],
    environment: { DREY_SCHEDULES: SCHEDULES },
  },
  { name: 'planted bugs', command: ['npm', 'run', '--silent', 'sim', '--', '--planted'] },
  {
    name: 'every verb on real clusters',
    command: ['node', 'scripts/run.js', 'scripts/all-verbs.ts'],
  },
  { name: 'tests on real clusters', command: ['npm', 'run', '--silent', 'test:flink'] },
  { name: 'tests on real Kafka', command: ['npm', 'run', '--silent', 'test:kafka'] },
  {
    name: 'tests on real Redis, HDFS and Druid',
    command: ['npm', 'run', '--silent', 'test:servers'],
  },
  { name: 'rows in a topic once, under kills', command: script('kafka-exactly-once') },
];
const chosen = steps.filter(
  ({ name }) => wanted.length === 0 || wanted.some((words) => name.includes(words)),
);
if (chosen.length === 0) {
  say(`no step is called that; there are: ${steps.map(({ name }) => name).join('; ')}\n`);
  process.exit(2);
}

say(`commit ${commit}, seed ${seed}, node ${process.version}, ${day}\n`);
const results = [await run('build', ['npm', 'run', '--silent', 'build'])];
for (const { name, command, environment } of chosen) {
  results.push(await run(name, command, environment));
}
const failed = results.filter((hasPassed) => !hasPassed).length;
say(`\n${results.length - failed} passed, ${failed} failed; kept in ${file}\n`);
log.end();
process.exitCode = failed === 0 ? 0 : 1;
