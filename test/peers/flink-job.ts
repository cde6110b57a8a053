/**
 * The job of `job/*.java` as a jar for one version of Flink, compiled against that version's own
 * jars. Kept under the digest of its sources.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filledOnce, peersFolder } from './peer-folder.ts';
import { flinkDistribution, type FlinkVersion } from './flink-distribution.ts';
import { javaTool } from './java-tools.ts';
import { runProgram } from './run-program.ts';

/** From the root of the repository, where scripts and tests run. */
const SOURCES = join('test', 'peers', 'job');
const JAR = 'peer-job.jar';
/** What Flink 1.20 and 2.3 both run on. */
const JAVA_RELEASE = '11';

/** Path of the jar; its manifest names the main class. */
export async function flinkJobJar(version: FlinkVersion): Promise<string> {
  const files = readdirSync(SOURCES)
    .filter((name) => name.endsWith('.java'))
    .sort()
    .map((name) => join(SOURCES, name));
  const folder = join(peersFolder(), 'jobs', `flink-${version}-${digestOf(files)}`);
  await filledOnce(folder, (draft) => compile(version, files, draft));
  return join(folder, JAR);
}

function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

async function compile(
  version: FlinkVersion,
  files: readonly string[],
  folder: string,
): Promise<void> {
  const { classpath } = await flinkDistribution(version);
  const classes = join(folder, 'classes');
  mkdirSync(classes);
  const options = ['--release', JAVA_RELEASE, '-classpath', classpath, '-d', classes];
  await runProgram(javaTool('javac'), [...options, '-proc:none', ...files]);
  const jar = ['--create', '--file', join(folder, JAR), '--main-class', 'drey.peer.PeerJob'];
  await runProgram(javaTool('jar'), [...jar, '-C', classes, '.']);
}
