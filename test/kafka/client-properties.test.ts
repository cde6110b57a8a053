import { describe, expect, it } from 'vitest';
import {
  clientPropertyFiles,
  isClientProperty,
  kafkaSettings,
  type ClientProperties,
} from '../../src/kafka/client-properties.ts';
import { unsecuredToken, type OauthLogin } from '../../src/kafka/oauth-login.ts';

const SERVERS = { 'bootstrap.servers': 'one:9092, two:9093' };
const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule';
const SECRET = 'open sesame';

describe('the properties of a Kafka client', () => {
  it('need no more than the servers', () => {
    expect(settings({})).toEqual({
      bootstrapServers: ['one:9092', 'two:9093'],
      clientId: 'drey',
      tls: null,
      sasl: null,
      connectTimeoutMs: 10_000,
      requestTimeoutMs: 30_000,
    });
  });

  it('set name and times', () => {
    const read = settings({
      'client.id': 'mine',
      'request.timeout.ms': '500',
      'socket.connection.setup.timeout.ms': '70',
    });
    expect(read).toMatchObject({ clientId: 'mine', requestTimeoutMs: 500, connectTimeoutMs: 70 });
  });

  it.each([
    ['bootstrap.servers', { 'bootstrap.servers': '' }, /is missing/],
    ['bootstrap.servers', { 'bootstrap.servers': 'one' }, /has one, which is not of the form/],
    ['bootstrap.servers', { 'bootstrap.servers': 'one:0' }, /host:port/],
    ['bootstrap.servers', { 'bootstrap.servers': 'http://one:9092' }, /host:port/],
    ['request.timeout.ms', { 'request.timeout.ms': '5s' }, /is 5s/],
    ['request.timeout.ms', { 'request.timeout.ms': '0' }, /from 1/],
    ['security.protocol', { 'security.protocol': 'TLS' }, /is TLS; it may be PLAINTEXT, SSL/],
    ['sasl.mechanism', { 'security.protocol': 'SASL_SSL' }, /is GSSAPI; drey has PLAIN/],
    ['sasl.jaas.config', sasl('PLAIN', null), /is missing/],
    ['sasl.jaas.config', sasl('PLAIN', `${PLAIN} required;`), /lacks the option username/],
    ['sasl.jaas.config', sasl('SCRAM-SHA-512', login()), /PlainLoginModule, but SCRAM-SHA-512/],
    ['sasl.jaas.config', sasl('PLAIN', `${PLAIN} username="a";`), /lacks the word "required"/],
    ['sasl.jaas.config', sasl('PLAIN', `${PLAIN} required username="a"`), /ends with one ";"/],
    ['sasl.jaas.config', sasl('PLAIN', `${PLAIN} required password="${SECRET}`), /does not end/],
    [
      'ssl.truststore.type',
      { ...ssl(), 'ssl.truststore.location': '/a.jks' },
      /is JKS; drey reads/,
    ],
    ['ssl.keystore.key', { ...ssl(), 'ssl.keystore.certificate.chain': 'x' }, /is missing/],
    ['ssl.cipher.suites', { 'ssl.cipher.suites': 'x' }, /security must not depend on it/],
    ['sasl.login.class', { 'sasl.login.class': 'x' }, /is not known to drey/],
    [
      'sasl.login.callback.handler.class',
      { ...sasl('PLAIN', login()), 'sasl.login.callback.handler.class': 'com.acme.Login' },
      /com\.acme\.Login, a Java class that drey cannot run/,
    ],
  ])('%s is named when it is wrong', (property, properties, message) => {
    const failure = failureOf(properties);
    expect(failure).toMatchObject({ code: 'DREY_KAFKA_PROPERTY', details: { property } });
    expect(String(failure)).toMatch(`the Kafka property ${property} `);
    expect(String(failure)).toMatch(message);
    expect(JSON.stringify(failure) + String(failure)).not.toContain(SECRET);
  });

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)('log in with %s', (mechanism) => {
    const module = mechanism === 'PLAIN' ? PLAIN : 'a.shaded.kafka.scram.ScramLoginModule';
    const text = `${module} required\n username="u;=" password='p\\'\\"\\\\w';`;
    expect(settings(sasl(mechanism, text)).sasl).toEqual({
      mechanism,
      username: 'u;=',
      password: `p'"\\w`,
    });
  });

  it('read the escapes that Java reads', () => {
    const text = `${PLAIN} required username="\\101\\t\\7z" password=bare;`;
    expect(settings(sasl('PLAIN', text)).sasl).toMatchObject({
      username: 'A\t\x07z',
      password: 'bare',
    });
  });

  it('log in with a token from an endpoint', async () => {
    const asked: OauthLogin[] = [];
    const text =
      'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId="i" clientSecret="s" scope="all";';
    const properties = {
      ...sasl('OAUTHBEARER', text),
      'sasl.oauthbearer.token.endpoint.url': 'https://id.example/token',
      'sasl.login.callback.handler.class':
        'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler',
    };
    const read = kafkaSettings(
      { ...SERVERS, ...properties },
      { files: new Map(), token: async (login) => (asked.push(login), 'the token') },
    );
    expect(asked).toEqual([]);
    expect(read.sasl?.mechanism === 'OAUTHBEARER' && (await read.sasl.token())).toBe('the token');
    expect(asked).toEqual([
      {
        kind: 'client-credentials',
        tokenUrl: 'https://id.example/token',
        clientId: 'i',
        clientSecret: 's',
        scope: 'all',
      },
    ]);
  });

  it('make an unsigned token of the claims for tests', async () => {
    const text =
      'a.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="me" unsecuredLoginNumberClaim_n="3" unsecuredLoginListClaim_scope=",x,y";';
    const read = kafkaSettings(
      { ...SERVERS, ...sasl('OAUTHBEARER', text) },
      {
        files: new Map(),
        token: async (login) =>
          login.kind === 'unsecured' ? unsecuredToken(login, 5_000_999) : 'another kind',
      },
    );
    const token = read.sasl?.mechanism === 'OAUTHBEARER' ? await read.sasl.token() : '';
    const [head = '', payload = '', signature] = token.split('.');
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'none' });
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
      sub: 'me',
      n: 3,
      scope: ['x', 'y'],
      iat: 5000,
      exp: 8600,
    });
    expect(signature).toBe('');
  });

  it('take certificates from texts and from files in PEM', () => {
    const properties = {
      'security.protocol': 'SSL',
      'ssl.truststore.certificates': 'the authority',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': '/own.pem',
      'ssl.key.password': 'k',
      'ssl.endpoint.identification.algorithm': '',
    };
    expect(clientPropertyFiles(properties)).toEqual([
      { property: 'ssl.keystore.location', path: '/own.pem' },
    ]);
    const files = new Map([['/own.pem', 'chain and key']]);
    expect(settings(properties, files).tls).toEqual({
      authorities: 'the authority',
      certificate: 'chain and key',
      privateKey: 'chain and key',
      passphrase: 'k',
      verifiesHostName: false,
    });
    expect(clientPropertyFiles({ ...properties, 'security.protocol': 'PLAINTEXT' })).toEqual([]);
  });

  it('leave those of consumers and producers alone', () => {
    expect(settings({ 'group.id': 'g', acks: 'all' })).toEqual(settings({}));
    expect(isClientProperty('client.id')).toBe(true);
    expect(isClientProperty('group.id')).toBe(false);
  });
});

function settings(properties: ClientProperties, files: ReadonlyMap<string, string> = new Map()) {
  return kafkaSettings(
    { ...SERVERS, ...properties },
    { files, token: () => Promise.reject(new Error('no token is needed')) },
  );
}

function failureOf(properties: ClientProperties): unknown {
  try {
    settings(properties);
  } catch (error) {
    return error;
  }
  return null;
}

function sasl(mechanism: string, jaas: string | null): ClientProperties {
  return {
    'security.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism': mechanism,
    ...(jaas === null ? {} : { 'sasl.jaas.config': jaas }),
  };
}

function login(): string {
  return `${PLAIN} required username="u" password="${SECRET}";`;
}

function ssl(): ClientProperties {
  return { 'security.protocol': 'SSL' };
}
