import { describe, expect, it } from 'vitest';
import { kafkaSettings, type ClientProperties } from '../../src/kafka/client-properties.ts';
import { unsecuredToken } from '../../src/kafka/oauth-login.ts';
import type { KafkaClient, KafkaSettings } from '../../src/platform/kafka.ts';
import { Authority } from '../support/certificates.ts';
import { KAFKA_USER, type KafkaListener } from '../peers/kafka-settings.ts';
import { givenKafka } from '../peers/kafka-under-test.ts';
import { client, failureOf, settings } from './clients.ts';

const { servers, certificates } = givenKafka();
const ca = certificates?.authority ?? '';
const LOGIN = `username="${KAFKA_USER.name}" password="${KAFKA_USER.password}"`;
const MODULES = {
  PLAIN: `org.apache.kafka.common.security.plain.PlainLoginModule required ${LOGIN};`,
  'SCRAM-SHA-256': `org.apache.kafka.common.security.scram.ScramLoginModule required ${LOGIN};`,
  'SCRAM-SHA-512': `org.apache.kafka.common.security.scram.ScramLoginModule required ${LOGIN};`,
  OAUTHBEARER: `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="${KAFKA_USER.name}";`,
};
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const;

describe.each(['SASL_PLAINTEXT', 'SASL_SSL'] as const)('%s', (protocol) => {
  it.each(MECHANISMS)('lets in who logs in with %s', async (mechanism) => {
    await expectAnswer(
      connect(protocol, {
        'sasl.mechanism': mechanism,
        'sasl.jaas.config': MODULES[mechanism],
        'ssl.truststore.certificates': ca,
      }),
    );
  });

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)(
    'says that the password for %s is wrong',
    async (mechanism) => {
      const kafka = connect(protocol, {
        'sasl.mechanism': mechanism,
        'sasl.jaas.config': MODULES[mechanism].replace(KAFKA_USER.password, 'guess'),
        'ssl.truststore.certificates': ca,
      });
      const failure = await failureOf(kafka.metadata([]));
      expect(failure).toMatchObject({
        request: 'Metadata',
        server: servers[protocol][0],
        reason: 'authentication',
        outcome: 'not-done',
      });
      expect(failure.detail).toMatch(/[Aa]uthentication failed/);
      expect(failure.message).not.toContain('guess');
    },
  );

  it('says that a token is refused', async () => {
    const sasl = { mechanism: 'OAUTHBEARER', token: async () => 'no.token.at-all' } as const;
    const tls = protocol === 'SASL_SSL' ? TLS : null;
    const kafka = client({ bootstrapServers: servers[protocol], sasl, tls });
    const failure = await failureOf(kafka.metadata([]));
    expect(failure.reason).toBe('authentication');
    expect(failure.detail).toMatch(/invalid_token|[Aa]uthentication failed/);
  });

  it('tells one who does not log in that it may want that', async () => {
    const tls = protocol === 'SASL_SSL' ? TLS : null;
    const failure = await failureOf(
      client({ bootstrapServers: servers[protocol], tls }).metadata([]),
    );
    expect(failure.reason).toBe('cut-off');
    expect(failure.detail).toMatch(/it may want a login/);
  });
});

describe('a login', () => {
  it('is refused where the listener has none', async () => {
    const sasl = { mechanism: 'PLAIN', username: 'u', password: 'p' } as const;
    expect(await failureOf(client({ sasl }).metadata([]))).toMatchObject({
      reason: 'authentication',
      server: servers.PLAINTEXT[0],
    });
  });

  it('whose token cannot be had says why', async () => {
    const token = (): Promise<string> => Promise.reject(new Error('the identity server is down'));
    const sasl = { mechanism: 'OAUTHBEARER', token } as const;
    const bootstrapServers = servers.SASL_PLAINTEXT;
    const failure = await failureOf(client({ bootstrapServers, sasl }).metadata([]));
    expect(failure).toMatchObject({ reason: 'authentication', outcome: 'not-done' });
    expect(failure.detail).toMatch(/the identity server is down/);
  });
});

const TLS: NonNullable<KafkaSettings['tls']> = {
  authorities: ca,
  certificate: null,
  privateKey: null,
  passphrase: null,
  verifiesHostName: true,
};

describe('TLS', () => {
  it('is spoken with a broker whose authority is trusted', async () => {
    await expectAnswer(connect('SSL', { 'ssl.truststore.certificates': ca }));
  });

  it('shows a certificate to a broker that wants one', async () => {
    const own = certificates?.client;
    await expectAnswer(
      connect('MTLS', {
        'ssl.truststore.certificates': ca,
        'ssl.keystore.certificate.chain': own?.certificate ?? '',
        'ssl.keystore.key': own?.privateKey ?? '',
      }),
    );
  });

  it('says that the broker wants a certificate', async () => {
    const failure = await failureOf(
      connect('MTLS', { 'ssl.truststore.certificates': ca }).metadata([]),
    );
    expect(['tls', 'cut-off']).toContain(failure.reason);
  });

  it('says that nobody known has issued the certificate of the broker', async () => {
    const tls = { ...TLS, authorities: new Authority('another').own.certificate };
    const bootstrapServers = servers.SSL;
    const failure = await failureOf(client({ bootstrapServers, tls }).metadata([]));
    expect(failure).toMatchObject({ reason: 'tls', outcome: 'not-done' });
    expect(failure.detail).toMatch(/authority|certificate/);
  });

  it('says that the listener does not speak it', async () => {
    const failure = await failureOf(client({ tls: TLS }).metadata([]));
    expect(failure.reason).toBe('tls');
    expect(failure.detail).toMatch(/may not speak TLS/);
  });

  it('is missed by a client in plain text', async () => {
    const failure = await failureOf(client({ bootstrapServers: servers.SSL }).metadata([]));
    expect(failure.reason).toBe('unusable-answer');
    expect(failure.detail).toMatch(/the port speaks TLS/);
  });

  it('with a key that is none says so', async () => {
    const tls = { ...TLS, certificate: 'no PEM', privateKey: 'no PEM' };
    const bootstrapServers = servers.SSL;
    const failure = await failureOf(client({ bootstrapServers, tls }).metadata([]));
    expect(failure.reason).toBe('tls');
  });
});

function connect(listener: KafkaListener, properties: ClientProperties): KafkaClient {
  const read = kafkaSettings(
    {
      'bootstrap.servers': servers[listener].join(','),
      'security.protocol': listener === 'MTLS' ? 'SSL' : listener,
      ...properties,
    },
    {
      files: new Map(),
      token: async (login) => (login.kind === 'unsecured' ? unsecuredToken(login, Date.now()) : ''),
    },
  );
  const { bootstrapServers, tls, sasl } = read;
  return client({ ...settings(), bootstrapServers, tls, sasl });
}

async function expectAnswer(kafka: KafkaClient): Promise<void> {
  const { brokers } = await kafka.metadata([]);
  expect(brokers.length).toBeGreaterThan(0);
  // By the address that the listener names, with a login of its own.
  await kafka.brokerSettings(brokers[0]?.node ?? 0);
}
