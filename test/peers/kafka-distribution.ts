/** Kafka's own jars of one version, fetched once from Maven with what they need. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filledOnce, peersFolder } from './peer-folder.ts';
import { runProgram } from './run-program.ts';

/** Of 4.4.0 the registry lacks a jar that formatting needs. */
export const KAFKA_VERSION = '4.3.1';

/** Broker and tools; without the last one nothing is logged. */
const ARTIFACTS = [
  { group: 'org.apache.kafka', name: 'kafka_2.13', version: KAFKA_VERSION },
  { group: 'org.apache.kafka', name: 'kafka-tools', version: KAFKA_VERSION },
  { group: 'org.apache.logging.log4j', name: 'log4j-slf4j-impl', version: '2.25.4' },
] as const;

/** The class path of brokers and tools. */
export async function kafkaClasspath(): Promise<string> {
  const folder = await filledOnce(join(peersFolder(), `kafka-${KAFKA_VERSION}`), fetchJars);
  return join(folder, '*');
}

async function fetchJars(folder: string): Promise<void> {
  const project = mkdtempSync(join(tmpdir(), 'drey-peer-project-'));
  try {
    writeFileSync(join(project, 'pom.xml'), projectText());
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

function projectText(): string {
  const dependencies = ARTIFACTS.map(
    ({ group, name, version }) =>
      `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`,
  );
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>',
    '<groupId>peers</groupId><artifactId>kafka</artifactId><version>1</version>',
    `<packaging>pom</packaging><dependencies>${dependencies.join('')}</dependencies></project>`,
  ].join('');
}
