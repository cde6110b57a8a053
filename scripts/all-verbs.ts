/**
 * `node scripts/run.js scripts/all-verbs.ts [VERSION...]`: runs every verb of drey that reaches a
 * cluster against a real Flink of each version and writes what was typed and what came into
 * docs/guide/flink-<version>.md. Fails when a verb ends with another exit status than it should,
 * or is in none of the steps. `--check` writes nothing. With DREY_TEST_FLINKS it takes the
 * clusters named there.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFlink } from '../test/peers/flink-cluster.ts';
import { flinkVersions, type FlinkVersion } from '../test/peers/flink-distribution.ts';
import {
  underTest,
  type FlinksUnderTest,
  type FlinkUnderTest,
} from '../test/peers/flink-under-test.ts';
import { tryProgram } from '../test/peers/run-program.ts';
import { chapters, type Step } from './all-verbs/steps.ts';

/** Commands that reach no cluster of Flink. */
const LOCAL = new Set(['run', 'help', 'completion']);
const SLOTS = 8;

async function main(argv: readonly string[]): Promise<number> {
  const isCheck = argv.includes('--check');
  const asked = argv.filter((argument) => !argument.startsWith('--'));
  const versions = flinkVersions.filter((version) => asked.length === 0 || asked.includes(version));
  const missing = verbsWithoutStep();
  for (const verb of missing) console.log(`no step runs drey ${verb}`);
  let failures = missing.length;
  for (const version of versions) {
    failures += await withFlink(version, (flink) => runAll(flink, isCheck));
  }
  console.log(`${failures} failures`);
  return failures === 0 ? 0 : 1;
}

function verbsWithoutStep(): readonly string[] {
  const manifest = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as {
    readonly commands: Readonly<Record<string, unknown>>;
  };
  const run = new Set(
    chapters
      .flatMap(({ steps }) => steps)
      .map(({ argv: [topic = '', verb = ''] }) => `${topic} ${verb}`),
  );
  return Object.keys(manifest.commands)
    .map((id) => id.replaceAll(':', ' '))
    .filter((verb) => !/^(?:pipeline|topic) /.test(verb) && !LOCAL.has(verb))
    .filter(
      (verb) => ![...run].some((started) => started === verb || started.startsWith(`${verb} `)),
    );
}

async function withFlink(
  version: FlinkVersion,
  use: (flink: FlinkUnderTest) => Promise<number>,
): Promise<number> {
  const given = process.env['DREY_TEST_FLINKS'];
  const running = given === undefined ? null : (JSON.parse(given) as FlinksUnderTest)[version];
  if (running !== null && running !== undefined) return use(running);
  const peer = await startFlink({ version, slots: SLOTS });
  try {
    return await use(await underTest(peer));
  } finally {
    await peer.stop();
  }
}

async function runAll(flink: FlinkUnderTest, isCheck: boolean): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-verbs-'));
  const walk = new Walk(flink, folder);
  try {
    for (const { title, steps } of chapters) {
      walk.heading(title);
      for (const step of steps) await walk.take(step);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const path = join('docs', 'guide', `flink-${flink.version}.md`);
  if (!isCheck) writeFileSync(path, walk.document());
  return walk.failures;
}

/** One way through all steps on one cluster. */
class Walk {
  failures = 0;
  private readonly flink: FlinkUnderTest;
  private readonly folder: string;
  private readonly values = new Map<string, string>();
  private readonly parts: string[] = [];

  constructor(flink: FlinkUnderTest, folder: string) {
    this.flink = flink;
    this.folder = folder;
    this.values.set('URL', flink.restUrl);
    this.values.set('GATEWAY', flink.gatewayUrl);
    this.values.set('JAR', flink.jar);
    this.values.set('SAVEPOINTS', flink.savepointFolder);
    this.values.set('FOLDER', folder);
  }

  heading(title: string): void {
    this.parts.push(`\n## ${title}\n`);
  }

  async take(step: Step): Promise<void> {
    const versions = step.versions ?? [this.flink.version];
    if (!versions.includes(this.flink.version)) return;
    const argv = step.argv.map((word) => this.filled(word));
    const started = performance.now();
    const { exit, stdout, stderr } = await tryProgram(
      process.execPath,
      [join('bin', 'run.js'), ...argv],
      { env: this.environment() },
    );
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const isRight = (step.exits ?? [0]).includes(exit);
    console.log(
      `${isRight ? 'ok    ' : 'FAILED'} ${seconds.padStart(5)} s  exit ${exit}  drey ${argv.join(' ')}`,
    );
    if (!isRight) {
      this.failures++;
      console.log(`${stdout}${stderr}`);
    }
    if (step.remember !== undefined) {
      this.values.set(step.remember, stdout.trim().split('\n')[0] ?? '');
    }
    if (step.isHidden !== true) this.write(argv, { exit, stdout, stderr });
  }

  document(): string {
    const head = `# Every verb on Flink ${this.flink.version}\n\nTyped and answered as below on a real cluster: \`node scripts/run.js scripts/all-verbs.ts ${this.flink.version}\`. \`DREY_URL\` and \`DREY_SQL_GATEWAY\` name the cluster. Lines that tell of progress are left out, and long answers are cut.\n`;
    return `${head}${this.parts.join('\n')}`;
  }

  private environment(): Readonly<Record<string, string>> {
    return {
      NO_COLOR: '1',
      TZ: 'UTC',
      DREY_URL: this.flink.restUrl,
      DREY_SQL_GATEWAY: this.flink.gatewayUrl,
      DREY_CONFIG: join(this.folder, 'config.yaml'),
      DREY_STATE_DIR: join(this.folder, 'state'),
    };
  }

  private filled(word: string): string {
    return word.replace(/\{([A-Z]+)\}/g, (whole, name: string) => this.values.get(name) ?? whole);
  }

  private write(
    argv: readonly string[],
    { exit, stdout, stderr }: { exit: number; stdout: string; stderr: string },
  ): void {
    const told = stderr.split('\n').filter((line) => /^(error|hint|code|note):/.test(line));
    const lines = [...stdout.trimEnd().split('\n'), ...told].filter((line) => line !== '');
    const cut = lines.length > LINES_MAX ? [...lines.slice(0, LINES_MAX), '...'] : lines;
    const typed = `$ drey ${argv.map(shellWord).join(' ')}`;
    const ended = exit === 0 ? [] : [`(exit ${exit})`];
    const text = [typed, ...cut, ...ended].map((line) => this.anonymous(line)).join('\n');
    this.parts.push(`\`\`\`console\n${text}\n\`\`\`\n`);
  }

  /** A transcript names no path of the machine that it was made on. */
  private anonymous(line: string): string {
    return line
      .replaceAll(this.flink.jar, 'peer-job.jar')
      .replaceAll(this.flink.home, '/flink')
      .replaceAll(this.folder, '/tmp/drey')
      .replaceAll(homedir(), '~')
      .slice(0, LINE_LENGTH_MAX);
  }
}

const LINES_MAX = 40;
const LINE_LENGTH_MAX = 200;

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

process.exitCode = await main(process.argv.slice(2));
