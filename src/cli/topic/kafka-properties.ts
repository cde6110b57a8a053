/**
 * Which Kafka cluster is meant and with which client properties: `--bootstrap-server`, else
 * DREY_BOOTSTRAP_SERVERS, else what the properties file says. Nothing is guessed.
 */
import { resolve } from 'node:path';
import { UsageError } from '../../errors/drey-error.ts';
import type { ClientProperties } from '../../kafka/client-properties.ts';
import { parsePropertiesFile } from '../../kafka/properties-file.ts';
import type { Platform } from '../../platform/platform.ts';

export interface KafkaQuestion {
  /** Null, as the next two: not given. */
  readonly bootstrapServer: string | null;
  readonly commandConfig: string | null;
  readonly timeoutMs: number | null;
}

export interface KafkaProperties {
  readonly properties: ClientProperties;
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
  const { commandConfig } = question;
  const { properties, warnings } =
    commandConfig === null
      ? { properties: {}, warnings: [] }
      : await readCommandConfig(commandConfig, platform);
  const servers = question.bootstrapServer ?? fromEnvironment(platform) ?? properties[SERVERS];
  if (servers === undefined) {
    throw new UsageError('DREY_USAGE', 'no Kafka cluster is named', {
      hint: 'Pass --bootstrap-server HOST:PORT, set DREY_BOOTSTRAP_SERVERS, or name a properties file with bootstrap.servers by --command-config.',
    });
  }
  return { properties: { ...properties, [SERVERS]: servers }, warnings };
}

function fromEnvironment({ environment }: Platform): string | undefined {
  const servers = environment['DREY_BOOTSTRAP_SERVERS'];
  return servers === '' ? undefined : servers;
}

async function readCommandConfig(
  file: string,
  { files, workingDirectory }: Platform,
): Promise<KafkaProperties> {
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
