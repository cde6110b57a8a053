/** Java libraries with all that they need, fetched once from Maven into the peers' folder. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { filledOnce, peersFolder } from './peer-folder.ts';
import { runProgram } from './run-program.ts';

export interface MavenArtifact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
  /** `test-jar`: the classes that the library is tested with. */
  readonly type?: string;
}

/** The class path. `name`: of the folder, which says what lies in it. */
export async function mavenJars(
  name: string,
  artifacts: readonly MavenArtifact[],
): Promise<string> {
  const folder = await filledOnce(join(peersFolder(), name), (draft) => fetch(artifacts, draft));
  return readdirSync(folder)
    .filter((jar) => jar.endsWith('.jar'))
    .map((jar) => join(folder, jar))
    .join(delimiter);
}

async function fetch(artifacts: readonly MavenArtifact[], folder: string): Promise<void> {
  const project = mkdtempSync(join(tmpdir(), 'drey-peer-pom-'));
  try {
    writeFileSync(join(project, 'pom.xml'), pomOf(artifacts));
    await runProgram('mvn', [
      '--quiet',
      '--batch-mode',
      '--file',
      join(project, 'pom.xml'),
      'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies',
      `-DoutputDirectory=${folder}`,
      '-DincludeScope=runtime',
    ]);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

function pomOf(artifacts: readonly MavenArtifact[]): string {
  const dependencies = artifacts.map(
    ({ group, name, version, type = 'jar' }) =>
      `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId>` +
      `<version>${version}</version><type>${type}</type>${NO_NATIVE_PARTS}</dependency>`,
  );
  return (
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>' +
    '<groupId>peers</groupId><artifactId>peer</artifactId><version>1</version>' +
    `<packaging>pom</packaging><dependencies>${dependencies.join('')}</dependencies></project>`
  );
}

/** Druid names it, and it is in no registry. */
const NO_NATIVE_PARTS =
  '<exclusions><exclusion><groupId>org.hyperic</groupId><artifactId>*</artifactId></exclusion></exclusions>';
