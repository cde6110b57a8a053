import { describe, expect, it } from 'vitest';
import {
  kafkaProperties,
  type KafkaProperties,
  type KafkaQuestion,
} from '../../../src/cli/topic/kafka-properties.ts';
import type { Platform } from '../../../src/platform/platform.ts';
import {
  createSimulatedPlatform,
  type SimulationOptions,
} from '../../../src/platform/simulated/simulated-platform.ts';

const NOTHING: KafkaQuestion = { bootstrapServer: null, commandConfig: null, timeoutMs: null };
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

  it('is that of the variable before that of the file', async () => {
    const asked = { commandConfig: 'client.properties' };
    const { properties: found } = await properties(asked, { files, environment });
    expect(found['bootstrap.servers']).toBe('variable:9092');
  });

  it('is that of the file when nothing else names one', async () => {
    const asked = { commandConfig: 'client.properties' };
    const empty = { DREY_BOOTSTRAP_SERVERS: '' };
    const { properties: found } = await properties(asked, { files, environment: empty });
    expect(found['bootstrap.servers']).toBe('file:9092');
  });

  it('is never guessed', async () => {
    await expect(properties({})).rejects.toMatchObject({
      code: 'DREY_USAGE',
      hint: expect.stringContaining('--bootstrap-server') as string,
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
