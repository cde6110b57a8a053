/**
 * Which Kafka cluster is meant and with which client properties: what flags say, in their order
 * `--bootstrap-server`, the properties file, the node of a pipeline; else DREY_BOOTSTRAP_SERVERS.
 * Nothing is guessed.
 */
import { resolve } from 'node:path';
import { UsageError } from '../../errors/drey-error.ts';
import type { ClientProperties } from '../../kafka/client-properties.ts';
import { parsePropertiesFile } from '../../kafka/properties-file.ts';
import type { Platform } from '../../platform/platform.ts';
import type { PipelineKafka, PipelineQuestion } from './pipeline-kafka.ts';

export interface KafkaQuestion {
  /** Null, as the next three: not given. */
  readonly bootstrapServer: string | null;
  readonly commandConfig: string | null;
  readonly pipeline: PipelineQuestion | null;
  readonly timeoutMs: number | null;
}

export interface KafkaProperties {
  readonly properties: ClientProperties;
  /** Of the pipeline's node; null without one, or where it has several. */
  readonly topic: string | null;
  /** What is wrong and no error. */
  readonly warnings: readonly string[];
}

const FILE_BYTES_MAX = 1024 * 1024;
const SERVERS = 'bootstrap.servers';
const SECRET = /password|secret|^sasl\.jaas\.config$|^ssl\.keystore\.key$/;
const GROUP_AND_OTHERS = 0o077;

export async function kafkaProperties(
  question: KafkaQuestion,
  platform: Platform,
): Promise<KafkaProperties> {
  const { bootstrapServer, commandConfig, pipeline } = question;
  const node = pipeline === null ? null : await nodeOf(pipeline, platform);
  const file = commandConfig === null ? null : await readCommandConfig(commandConfig, platform);
  const properties: ClientProperties = { ...node?.properties, ...file?.properties };
  const servers = bootstrapServer ?? properties[SERVERS] ?? fromEnvironment(platform);
  if (servers === undefined) {
    throw new UsageError('DREY_USAGE', 'no Kafka cluster is named', {
      hint: 'Pass --bootstrap-server HOST:PORT, set DREY_BOOTSTRAP_SERVERS, or name a properties file with bootstrap.servers by --command-config.',
    });
  }
  return {
    properties: { ...properties, [SERVERS]: servers },
    topic: node?.topic ?? null,
    warnings: file?.warnings ?? [],
  };
}

async function nodeOf(pipeline: PipelineQuestion, platform: Platform): Promise<PipelineKafka> {
  const { kafkaOfPipeline } = await import('./pipeline-kafka.ts');
  return kafkaOfPipeline(pipeline, platform);
}

function fromEnvironment({ environment }: Platform): string | undefined {
  const servers = environment['DREY_BOOTSTRAP_SERVERS'];
  return servers === '' ? undefined : servers;
}

async function readCommandConfig(
  file: string,
  { files, workingDirectory }: Platform,
): Promise<Pick<KafkaProperties, 'properties' | 'warnings'>> {
  const path = resolve(workingDirectory, file);
  const text = new TextDecoder().decode(await files.readAll(path, FILE_BYTES_MAX));
  const properties = parsePropertiesFile(text, file);
  const hasSecret = Object.keys(properties).some((name) => SECRET.test(name));
  const bits = hasSecret ? await files.permissions(path) : null;
  if (bits === null || (bits & GROUP_AND_OTHERS) === 0) return { properties, warnings: [] };
  const mode = bits.toString(8);
  const warning = `${file} holds a secret and can be read by others (mode ${mode}): chmod 600 ${file}`;
  return { properties, warnings: [warning] };
}
