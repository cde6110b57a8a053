import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  kafkaProperties,
  type KafkaProperties,
  type KafkaQuestion,
} from '../../../src/cli/topic/kafka-properties.ts';
import type { Platform } from '../../../src/platform/platform.ts';
import { createRealPlatform } from '../../../src/platform/real/real-platform.ts';
import {
  createSimulatedPlatform,
  type SimulationOptions,
} from '../../../src/platform/simulated/simulated-platform.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const NOTHING: KafkaQuestion = {
  bootstrapServer: null,
  commandConfig: null,
  pipeline: null,
  timeoutMs: null,
};
const SECRET = 'sasl.jaas.config=PlainLoginModule required username="u" password="hush";';

function properties(
  question: Partial<KafkaQuestion>,
  options: Partial<SimulationOptions> = {},
  permissions: number | null = null,
): Promise<KafkaProperties> {
  const platform = createSimulatedPlatform({ seed: 1, ...options });
  platform.files.permissions = () => Promise.resolve(permissions);
  const world: Platform = platform;
  return platform.drive(kafkaProperties({ ...NOTHING, ...question }, world));
}

describe('the cluster', () => {
  const files = { 'client.properties': 'bootstrap.servers=file:9092\nclient.id=me' };
  const environment = { DREY_BOOTSTRAP_SERVERS: 'variable:9092' };

  it('is that of the flag before all others', async () => {
    const asked = { bootstrapServer: 'flag:9092', commandConfig: 'client.properties' };
    const { properties: found } = await properties(asked, { files, environment });
    expect(found).toEqual({ 'bootstrap.servers': 'flag:9092', 'client.id': 'me' });
  });

  it('is that of the file before that of the variable', async () => {
    const asked = { commandConfig: 'client.properties' };
    const { properties: found } = await properties(asked, { files, environment });
    expect(found['bootstrap.servers']).toBe('file:9092');
  });

  it('is that of the variable when nothing else names one', async () => {
    expect((await properties({}, { environment })).properties).toEqual({
      'bootstrap.servers': 'variable:9092',
    });
    const nothing = { DREY_BOOTSTRAP_SERVERS: '' };
    await expect(properties({}, { environment: nothing })).rejects.toThrow('no Kafka cluster');
  });

  it('is never guessed', async () => {
    await expect(properties({})).rejects.toMatchObject({
      code: 'DREY_USAGE',
      hint: expect.stringContaining('--bootstrap-server') as string,
    });
  });
});

describe('a pipeline', () => {
  const pipeline = (sinks: string): string =>
    `pipeline: { name: p }
sources:
  rows: { connector: datagen, columns: { id: BIGINT } }
sinks:
${sinks}`;
  const sink = (name: string): string =>
    `  ${name}:
    from: rows
    connector: kafka
    topic: topic-of-${name}
    format: json
    properties.bootstrap.servers: node:9092
    properties.client.id: \${ID:-drey}
`;
  const asked = { file: 'p.yaml', node: null, parameters: [] };

  /** The parser is loaded when it is needed, which takes real time. */
  function found(
    question: Partial<KafkaQuestion>,
    files: Readonly<Record<string, string>>,
  ): Promise<KafkaProperties> {
    const folder = temporaryFolder();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const platform = { ...createRealPlatform(), workingDirectory: folder, environment: {} };
    return kafkaProperties({ ...NOTHING, ...question }, platform);
  }

  it('names cluster, login and topic by its node', async () => {
    const files = { 'p.yaml': pipeline(sink('a') + sink('b')) };
    const question = { pipeline: { file: 'p.yaml', node: 'b', parameters: ['ID=me'] } };
    expect(await found(question, files)).toMatchObject({
      topic: 'topic-of-b',
      properties: { 'bootstrap.servers': 'node:9092', 'client.id': 'me' },
    });
  });

  it('needs no name of the node where only one can be meant', async () => {
    const files = { 'p.yaml': pipeline(sink('a')) };
    expect(await found({ pipeline: asked }, files)).toMatchObject({ topic: 'topic-of-a' });
  });

  it('says which nodes there are', async () => {
    const files = { 'p.yaml': pipeline(sink('a') + sink('b')) };
    await expect(found({ pipeline: asked }, files)).rejects.toMatchObject({
      code: 'DREY_USAGE',
      hint: 'Pass --node with one of: a, b.',
    });
    const wrong = { pipeline: { ...asked, node: 'rows' } };
    await expect(found(wrong, files)).rejects.toThrow('it has no such node rows');
  });

  it('may be one that reads', async () => {
    const source = (topics: string): string =>
      `pipeline: { name: p }
sources:
  events:
    connector: kafka
    topic: ${topics}
    format: json
    columns: { id: BIGINT }
    scan.startup.mode: earliest-offset
    properties.bootstrap.servers: node:9092
    properties.group.id: uv
sinks:
  out: { from: events, connector: blackhole }
`;
    expect(await found({ pipeline: asked }, { 'p.yaml': source('one') })).toMatchObject({
      topic: 'one',
      properties: { 'group.id': 'uv' },
    });
    const several = await found({ pipeline: asked }, { 'p.yaml': source('"one;two"') });
    expect(several.topic).toBeNull();
  });

  it('yields to the other flags', async () => {
    const files = {
      'p.yaml': pipeline(sink('a')),
      'client.properties': 'bootstrap.servers=file:9092',
    };
    const question = { pipeline: asked, commandConfig: 'client.properties' };
    expect((await found(question, files)).properties).toEqual({
      'bootstrap.servers': 'file:9092',
      'client.id': 'drey',
    });
  });
});

describe('a file with a password', () => {
  const files = { 'client.properties': `bootstrap.servers=a:1\n${SECRET}` };
  const asked = { commandConfig: 'client.properties' };

  it('that others can read is warned about, without what is in it', async () => {
    const { warnings } = await properties(asked, { files }, 0o640);
    expect(warnings).toEqual([
      'client.properties holds a secret and can be read by others (mode 640): chmod 600 client.properties',
    ]);
  });

  it('that is private is fine', async () => {
    expect((await properties(asked, { files }, 0o600)).warnings).toEqual([]);
  });

  it('matters only when there is one', async () => {
    const harmless = { 'client.properties': 'bootstrap.servers=a:1' };
    expect((await properties(asked, { files: harmless }, 0o644)).warnings).toEqual([]);
  });
});
