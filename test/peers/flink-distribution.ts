/**
 * Flink's own jars of one version, fetched once from the package registries: the libraries that
 * PyFlink installs, which are those of the binary release, and from Maven the SQL gateway, which
 * they lack.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { filledOnce, peersFolder } from './peer-folder.ts';
import { javaTool } from './java-tools.ts';
import { runProgram } from './run-program.ts';

export const flinkVersions = ['2.3.0', '1.20.3'] as const;
export type FlinkVersion = (typeof flinkVersions)[number];

export interface FlinkDistribution {
  readonly version: FlinkVersion;
  /** What `lib/` of the binary release puts on the class path, in its order. */
  readonly classpath: string;
  /** Class path of the SQL gateway: the same and the jars of `opt/` that it needs. */
  readonly gatewayClasspath: string;
}

export async function flinkDistribution(version: FlinkVersion): Promise<FlinkDistribution> {
  const folder = await filledOnce(join(peersFolder(), `flink-${version}`), (draft) =>
    fetchDistribution(version, draft),
  );
  const jars = jarsOf(join(folder, 'lib'));
  const gatewayJars = jarsOf(join(folder, 'gateway'));
  return {
    version,
    classpath: jars.join(delimiter),
    gatewayClasspath: [...jars, ...gatewayJars].join(delimiter),
  };
}

/** As Flink's config.sh: sorted by name, flink-dist at the end. */
function jarsOf(folder: string): readonly string[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .sort();
  const isDist = (name: string): boolean => name.startsWith('flink-dist');
  return [...names.filter((name) => !isDist(name)), ...names.filter(isDist)].map((name) =>
    join(folder, name),
  );
}

async function fetchDistribution(version: FlinkVersion, folder: string): Promise<void> {
  const download = mkdtempSync(join(tmpdir(), 'drey-peer-download-'));
  try {
    const libraries = await unpackLibraries(version, download);
    cpSync(join(libraries, 'lib'), join(folder, 'lib'), { recursive: true });
    const gateway = join(folder, 'gateway');
    mkdirSync(gateway);
    const client = `flink-sql-client-${version}.jar`;
    cpSync(join(libraries, 'opt', client), join(gateway, client));
    await runProgram('mvn', [
      '--quiet',
      '--batch-mode',
      'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy',
      `-Dartifact=org.apache.flink:flink-sql-gateway:${version}`,
      `-DoutputDirectory=${gateway}`,
    ]);
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}

/** The folder with `lib` and `opt`; a package is a wheel or a source archive. */
async function unpackLibraries(version: FlinkVersion, folder: string): Promise<string> {
  const requirement = `apache-flink-libraries==${version}`;
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
  await runProgram('python3', [...pip, '--dest', folder, requirement]);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (wheel !== undefined) {
    await runProgram(javaTool('jar'), ['--extract', '--file', wheel], { cwd: folder });
    return join(folder, 'pyflink');
  }
  const archive = readdirSync(folder).find((name) => name.endsWith('.tar.gz'));
  if (archive === undefined) throw new Error(`${requirement} came without an archive`);
  await runProgram('tar', ['-xzf', archive], { cwd: folder });
  return join(folder, archive.slice(0, -'.tar.gz'.length), 'deps');
}
