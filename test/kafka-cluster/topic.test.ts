import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dreyHome } from '../e2e/drey-home.ts';
import { drey, type Ended } from '../e2e/drey-process.ts';
import { KAFKA_USER } from '../peers/kafka-settings.ts';
import { givenKafka } from '../peers/kafka-under-test.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { batchOf, client, freshName, freshTopic, produceOne, retried } from './clients.ts';

const { servers, certificates } = givenKafka();
const environment = { DREY_BOOTSTRAP_SERVERS: servers.PLAINTEXT.join(',') };

async function topic(...argv: readonly string[]): Promise<Ended> {
  return dreyHome().run(['topic', ...argv], environment);
}

async function documentOf(...argv: readonly string[]): Promise<unknown> {
  const { exit, output, error } = await topic(...argv, '--json');
  expect({ exit, error }).toEqual({ exit: 0, error: '' });
  return JSON.parse(output);
}

describe('drey topic', () => {
  it('makes, fills, shows, measures and deletes a topic', async () => {
    const name = freshName('verbs');
    expect(await documentOf('create', name, '--partitions', '3')).toMatchObject({
      topic: name,
      created: true,
      partitionCount: 3,
    });
    const lines = Array.from({ length: 2_000 }, (_, id) => `{"id":${id},"device":"d${id % 50}"}`);
    const file = join(temporaryFolder(), 'lines.jsonl');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const produced = await topic('produce', name, '--file', file, '--key-field', 'device');
    expect(produced.exit).toBe(0);
    expect(await documentOf('describe', name)).toMatchObject({ messagesMax: 2_000 });

    const { output } = await topic('tail', name, '--from', 'earliest', '--no-follow');
    expect(output.split('\n').slice(0, -1).toSorted()).toEqual(lines.toSorted());
    const json = await topic('tail', name, '--from=-1', '--no-follow', '--json');
    const last = json.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(last).toHaveLength(3);
    expect(last[0]).toMatchObject({ partition: expect.any(Number) as number, headers: [] });

    const group = freshName('group');
    const kafka = client();
    await retried('the commit', () =>
      kafka.commitOffsets(group, [{ topic: name, partition: 0, offset: 0, metadata: '' }]),
    );
    const lag = await documentOf('lag', '--group', group);
    expect(lag).toMatchObject({ partitions: [{ topic: name, partition: 0, committedOffset: 0 }] });

    expect((await topic('delete', name)).exit).toBe(2);
    expect(await documentOf('delete', name, '--yes')).toMatchObject({
      topics: [{ topic: name, messagesMax: 2_000, deleted: true }],
    });
    expect((await topic('describe', name)).exit).toBe(5);
  });

  it.each(['gzip', 'snappy', 'lz4'])('reads what the broker packed with %s', async (format) => {
    const name = freshName('packed');
    await documentOf('create', name, '--config', `compression.type=${format}`);
    const value = 'packed '.repeat(1_000);
    const input = `${value}\n`.repeat(20);
    const produced = await drey(['topic', 'produce', name], { input, environment });
    expect(produced.exit).toBe(0);
    const { output } = await topic('tail', name, '--from', 'earliest', '--no-follow');
    expect(output).toBe(input);
  });

  it('leaves out what was aborted under read_committed', async () => {
    const kafka = client();
    const made = await freshTopic(kafka);
    const transactionalId = freshName('transaction');
    const identity = await retried('the identity', () =>
      kafka.initProducer({ transactionalId, transactionTimeoutMs: 60_000 }),
    );
    const producer = { ...identity, transactionalId };
    await retried('the beginning', () =>
      kafka.addPartitionsToTransaction(producer, [{ topic: made.name, partition: 0 }]),
    );
    const written = { ...identity, baseSequence: 0, isTransactional: true };
    await produceOne(kafka, made, batchOf(['void'], written), transactionalId);
    await retried('the abort', () => kafka.endTransaction(producer, 'abort'));
    const argv = ['tail', made.name, '--from', 'earliest', '--no-follow'];
    expect((await topic(...argv)).output).toBe('void\n');
    expect((await topic(...argv, '--isolation', 'read_committed')).output).toBe('');
  });

  it('ends with 130 after Ctrl-C, and quietly when nobody reads', async () => {
    const kafka = client();
    const made = await freshTopic(kafka);
    await drey(['topic', 'produce', made.name], { input: 'a\nb\nc\n', environment });
    const argv = ['topic', 'tail', made.name, '--from', 'earliest'];
    const interrupted = await drey(argv, { environment, linesWanted: 2 });
    expect(interrupted).toMatchObject({ exit: 130, output: 'a\nb\nc\n', error: '' });
    const closed = await drey(argv, { environment, closeOutput: true });
    expect(closed).toMatchObject({ exit: 0, error: '' });
  });

  it('logs in with the properties of a file, and says when it may not', async () => {
    const folder = temporaryFolder();
    const authority = join(folder, 'ca.pem');
    writeFileSync(authority, certificates?.authority ?? '');
    const config = join(folder, 'client.properties');
    const list = async (password: string): Promise<Ended> => {
      const properties = [
        `bootstrap.servers=${servers.SASL_SSL[0]}`,
        'security.protocol=SASL_SSL',
        'sasl.mechanism=SCRAM-SHA-256',
        'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\',
        `  username="${KAFKA_USER.name}" password="${password}";`,
        'ssl.truststore.type=PEM',
        `ssl.truststore.location=${authority}`,
      ];
      writeFileSync(config, `${properties.join('\n')}\n`, { mode: 0o600 });
      return dreyHome().run(['topic', 'list', '--command-config', config]);
    };
    expect(await list(KAFKA_USER.password)).toMatchObject({ exit: 0, error: '' });
    const refused = await list('guess-of-a-password');
    expect(refused.exit).toBe(5);
    expect(refused.error).toContain('code: DREY_KAFKA_LOGIN_REFUSED');
    expect(refused.error).not.toContain('guess-of-a-password');
  });
});
