/**
 * Kafka's client properties, as they stand behind `properties.` in Flink, as settings of a client.
 * Those of consumers and producers are left to the source and the sink; a property of security that
 * is not known here is an error, for it must not go unheeded.
 */
import type { KafkaSasl, KafkaSettings, KafkaTls } from '../platform/kafka.ts';
import { propertyError } from './client-property-error.ts';
import { parseJaas } from './jaas.ts';
import { oauthLogin, type OauthLogin } from './oauth-login.ts';

export type ClientProperties = Readonly<Record<string, string>>;

export interface ClientPropertyContext {
  /** What the files of `clientPropertyFiles` hold, by their paths. */
  readonly files: ReadonlyMap<string, string>;
  /** Asked with each login. */
  readonly token: (login: OauthLogin) => Promise<string>;
}

export interface ClientPropertyFile {
  readonly property: string;
  readonly path: string;
}

/** The files that must be read before `kafkaSettings` is called: certificates and keys in PEM. */
export function clientPropertyFiles(properties: ClientProperties): readonly ClientPropertyFile[] {
  if (!usesTls(protocolOf(properties))) return [];
  return ['ssl.truststore.location', 'ssl.keystore.location'].flatMap((property) => {
    const path = properties[property];
    return path === undefined ? [] : [{ property, path }];
  });
}

export function kafkaSettings(
  properties: ClientProperties,
  context: ClientPropertyContext,
): KafkaSettings {
  refuseUnknownSecurity(properties);
  const protocol = protocolOf(properties);
  return {
    bootstrapServers: bootstrapServersOf(properties),
    clientId: properties['client.id'] ?? 'drey',
    tls: usesTls(protocol) ? tlsOf(properties, context) : null,
    sasl: protocol.startsWith('SASL_') ? saslOf(properties, context) : null,
    // Kafka's own defaults.
    connectTimeoutMs: millisecondsOf(properties, 'socket.connection.setup.timeout.ms', 10_000),
    requestTimeoutMs: millisecondsOf(properties, 'request.timeout.ms', 30_000),
  };
}

/** Is it read here? The others belong to the source or the sink, or mean nothing to drey. */
export function isClientProperty(property: string): boolean {
  return READ.has(property);
}

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const;
type Protocol = (typeof PROTOCOLS)[number];

const READ: ReadonlySet<string> = new Set([
  'bootstrap.servers',
  'client.id',
  'socket.connection.setup.timeout.ms',
  'request.timeout.ms',
  'security.protocol',
  'sasl.mechanism',
  'sasl.jaas.config',
  'sasl.login.callback.handler.class',
  'sasl.oauthbearer.token.endpoint.url',
  'sasl.oauthbearer.scope',
  'sasl.oauthbearer.client.credentials.client.id',
  'sasl.oauthbearer.client.credentials.client.secret',
  'ssl.truststore.type',
  'ssl.truststore.certificates',
  'ssl.truststore.location',
  'ssl.keystore.type',
  'ssl.keystore.certificate.chain',
  'ssl.keystore.key',
  'ssl.keystore.location',
  'ssl.key.password',
  'ssl.endpoint.identification.algorithm',
]);

/** They change nothing that drey does: it speaks TLS 1.2 and 1.3 and logs in anew by itself. */
const WITHOUT_EFFECT =
  /^(ssl\.protocol|ssl\.enabled\.protocols|ssl\.provider|sasl\.login\.(refresh|connect|read|retry)\..*|sasl\.kerberos\..*)$/;

function refuseUnknownSecurity(properties: ClientProperties): void {
  for (const property of Object.keys(properties)) {
    if (!/^(sasl|ssl|security)\./.test(property)) continue;
    if (READ.has(property) || WITHOUT_EFFECT.test(property)) continue;
    throw propertyError(
      property,
      'is not known to drey, and security must not depend on it',
      'Remove it where the brokers do not need it.',
    );
  }
}

function protocolOf(properties: ClientProperties): Protocol {
  const named = properties['security.protocol'] ?? 'PLAINTEXT';
  const protocol = PROTOCOLS.find((one) => one === named.toUpperCase());
  if (protocol !== undefined) return protocol;
  throw propertyError('security.protocol', `is ${named}; it may be ${PROTOCOLS.join(', ')}`);
}

function usesTls(protocol: Protocol): boolean {
  return protocol === 'SSL' || protocol === 'SASL_SSL';
}

function bootstrapServersOf(properties: ClientProperties): readonly string[] {
  const property = 'bootstrap.servers';
  const servers = (properties[property] ?? '')
    .split(',')
    .map((server) => server.trim())
    .filter((server) => server !== '');
  if (servers.length === 0) {
    throw propertyError(property, 'is missing', 'Give host:port, several of them with commas.');
  }
  for (const server of servers) {
    const port = Number(/^(?:\[[^\]]+\]|[^:/\s]+):(\d{1,5})$/.exec(server)?.[1] ?? 0);
    if (port > 0 && port < 65_536) continue;
    throw propertyError(property, `has ${server}, which is not of the form host:port`);
  }
  return servers;
}

function millisecondsOf(properties: ClientProperties, property: string, usual: number): number {
  const text = properties[property];
  if (text === undefined) return usual;
  const value = Number(text);
  // Of Node's timers.
  if (/^\d+$/.test(text.trim()) && value >= 1 && value <= 0x7fff_ffff) return value;
  throw propertyError(property, `is ${text}, which is no number of milliseconds from 1`);
}

function tlsOf(properties: ClientProperties, { files }: ClientPropertyContext): KafkaTls {
  const trusted = pemStore(properties, 'ssl.truststore', files);
  const own = pemStore(properties, 'ssl.keystore', files);
  const chain = properties['ssl.keystore.certificate.chain'] ?? own;
  const key = properties['ssl.keystore.key'] ?? own;
  if (chain !== null && key === null) throw propertyError('ssl.keystore.key', 'is missing');
  if (chain === null && key !== null) {
    throw propertyError('ssl.keystore.certificate.chain', 'is missing');
  }
  const algorithm = properties['ssl.endpoint.identification.algorithm'] ?? 'https';
  if (!['https', ''].includes(algorithm.toLowerCase())) {
    const property = 'ssl.endpoint.identification.algorithm';
    throw propertyError(property, `is ${algorithm}; it may be https, or empty for no check`);
  }
  return {
    authorities: properties['ssl.truststore.certificates'] ?? trusted,
    certificate: chain,
    privateKey: key,
    passphrase: properties['ssl.key.password'] ?? null,
    verifiesHostName: algorithm !== '',
  };
}

/** What the file of a store holds; null where no file is named. */
function pemStore(
  properties: ClientProperties,
  store: 'ssl.truststore' | 'ssl.keystore',
  files: ReadonlyMap<string, string>,
): string | null {
  const path = properties[`${store}.location`];
  const type = properties[`${store}.type`] ?? (path === undefined ? 'PEM' : 'JKS');
  if (type.toUpperCase() !== 'PEM') {
    throw propertyError(
      `${store}.type`,
      `is ${type}; drey reads PEM`,
      'Convert the store: keytool -importkeystore -deststoretype PKCS12, then openssl pkcs12 -nodes; set the type to PEM.',
    );
  }
  return path === undefined ? null : (files.get(path) ?? null);
}

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const;
type Mechanism = (typeof MECHANISMS)[number];

const LOGIN_MODULES: Readonly<Record<Mechanism, string>> = {
  PLAIN: 'PlainLoginModule',
  'SCRAM-SHA-256': 'ScramLoginModule',
  'SCRAM-SHA-512': 'ScramLoginModule',
  OAUTHBEARER: 'OAuthBearerLoginModule',
};

function saslOf(properties: ClientProperties, context: ClientPropertyContext): KafkaSasl {
  // Kafka's default.
  const named = properties['sasl.mechanism'] ?? 'GSSAPI';
  const mechanism = MECHANISMS.find((one) => one === named.toUpperCase());
  if (mechanism === undefined) {
    throw propertyError('sasl.mechanism', `is ${named}; drey has ${MECHANISMS.join(', ')}`);
  }
  const text = properties['sasl.jaas.config'];
  if (text === undefined) throw propertyError('sasl.jaas.config', 'is missing');
  const jaas = parseJaas(text);
  if (jaas.loginModule !== LOGIN_MODULES[mechanism]) {
    const needed = `${mechanism} needs ${LOGIN_MODULES[mechanism]}`;
    throw propertyError('sasl.jaas.config', `names ${jaas.loginModule}, but ${needed}`);
  }
  refuseOtherHandlers(properties, mechanism);
  if (mechanism === 'OAUTHBEARER') {
    const login = oauthLogin(jaas, properties);
    return { mechanism, token: () => context.token(login) };
  }
  const username = jaas.options.get('username');
  const password = jaas.options.get('password');
  if (username === undefined) throw propertyError('sasl.jaas.config', 'lacks the option username');
  if (password === undefined) throw propertyError('sasl.jaas.config', 'lacks the option password');
  return { mechanism, username, password };
}

/** Java classes of one's own cannot run here; Kafka's for token endpoints does what drey does. */
function refuseOtherHandlers(properties: ClientProperties, mechanism: Mechanism): void {
  const property = 'sasl.login.callback.handler.class';
  const handler = properties[property];
  if (handler === undefined) return;
  if (mechanism === 'OAUTHBEARER' && handler.endsWith('.OAuthBearerLoginCallbackHandler')) return;
  throw propertyError(property, `is ${handler}, a Java class that drey cannot run`);
}
