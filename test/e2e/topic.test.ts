import { createServer, type AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { dreyHome } from './drey-home.ts';

/** A port where somebody listens and says nothing. */
async function silentPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('without a cluster', () => {
  test.each([['list'], ['describe'], ['tail'], ['produce'], ['create'], ['delete']])(
    'topic %s says how to name one',
    async (verb) => {
      const argument = verb === 'list' ? [] : ['events'];
      const { exit, output, error } = await dreyHome().run(['topic', verb, ...argument]);
      expect({ exit, output }).toEqual({ exit: 2, output: '' });
      expect(error).toContain('error: no Kafka cluster is named');
      expect(error).toContain('--bootstrap-server HOST:PORT');
    },
  );
});

describe('a cluster that nobody answers for', () => {
  test('is exit 4 with the host, as one document under --json', async () => {
    const { exit, output } = await dreyHome().run(['topic', 'list', '--json'], {
      DREY_BOOTSTRAP_SERVERS: '127.0.0.1:1',
    });
    expect(exit).toBe(4);
    expect(JSON.parse(output)).toMatchObject({
      schemaVersion: 1,
      error: { code: 'DREY_KAFKA_UNREACHABLE', details: { server: '127.0.0.1:1' } },
    });
  });

  test('is waited for no longer than --timeout', async () => {
    const server = `127.0.0.1:${await silentPort()}`;
    const argv = ['topic', 'describe', 'events', '--bootstrap-server', server, '--timeout', '1s'];
    const startedAtMs = performance.now();
    const { exit, error } = await dreyHome().run(argv);
    expect(exit).toBe(4);
    expect(error).toContain(server);
    expect(error).not.toContain('note: without effect');
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
  });

  test('is told of on standard error where rows were to come', async () => {
    const { exit, output, error } = await dreyHome().run(['topic', 'tail', 'events', '--json'], {
      DREY_BOOTSTRAP_SERVERS: '127.0.0.1:1',
    });
    expect({ exit, output }).toEqual({ exit: 4, output: '' });
    const last = error.trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({ error: { code: 'DREY_KAFKA_UNREACHABLE' } });
  });
});

describe('a properties file', () => {
  test('with a wrong property is exit 3, and its secrets are not shown', async () => {
    const home = dreyHome();
    const config = join(home.folder, 'client.properties');
    const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
    writeFileSync(
      config,
      `bootstrap.servers=127.0.0.1:1\nsecurity.protocol=SASL_PLAINTEXT\nsasl.mechanism=GSSAPI\nsasl.jaas.config=${login} username="u" password="hush-hush";\n`,
      { mode: 0o644 },
    );
    const { exit, output, error } = await home.run(['topic', 'list', '--command-config', config]);
    expect(exit).toBe(3);
    expect(error).toContain('sasl.mechanism is GSSAPI');
    expect(error).toContain('holds a secret and can be read by others (mode 644)');
    expect(output + error).not.toContain('hush-hush');
  });

  test('that is not there is named', async () => {
    const { exit, error } = await dreyHome().run([
      'topic',
      'list',
      '--command-config',
      'none.properties',
    ]);
    expect(exit).toBe(3);
    expect(error).toContain('none.properties');
  });
});

describe('usage', () => {
  test.each([
    [['topic', 'tail', 'events', '--from', 'yesterday'], '--from "yesterday" is no place'],
    [['topic', 'tail', 'events', '-o', 'yaml'], 'not as yaml'],
    [['topic', 'create', 'events', '--config', 'retention.ms'], 'NAME=VALUE'],
    [['topic', 'create', 'events', '--partitions', '0'], '--partitions'],
    [['topic', 'produce', 'events', '--key-separator', ''], '--key-separator is empty'],
    [['topic', 'produce', 'e', '--key-field', 'a', '--key-separator', 'b'], 'key-field'],
    [['topic', 'lag'], 'group'],
  ])('drey %j is refused', async (argv, message) => {
    const { exit, error } = await dreyHome().run(argv, { DREY_BOOTSTRAP_SERVERS: '127.0.0.1:1' });
    expect(exit).toBe(2);
    expect(error).toContain(message);
  });

  test('flags of Flink clusters are said to have no effect', async () => {
    const argv = ['topic', 'list', '--url', 'http://localhost:8081', '--timeout', '1s'];
    const { error } = await dreyHome().run(argv, { DREY_BOOTSTRAP_SERVERS: '127.0.0.1:1' });
    expect(error).toContain(
      'without effect here, because this command reaches no Flink cluster: --url\n',
    );
  });
});
