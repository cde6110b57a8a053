/**
 * The properties of a broker: broker and controller in one process, on loopback. With `isSecured`
 * it also listens for each kind of login and of TLS, with the users and certificates below.
 */
import { Authority } from '../support/certificates.ts';

/** The names of the listeners, which are part of the names of their properties. */
export const kafkaListeners = [
  'PLAINTEXT',
  'SASL_PLAINTEXT',
  'SASL_SSL',
  'SSL',
  /** As SSL, for those who show a certificate. */
  'MTLS',
] as const;
export type KafkaListener = (typeof kafkaListeners)[number];

export type KafkaPorts = Readonly<Record<KafkaListener | 'CONTROLLER', number>>;

export const KAFKA_USER = { name: 'alice', password: 'alice-secret' } as const;

export interface KafkaCertificates {
  /** PEM texts. */
  readonly authority: string;
  /** Certificate and key in one text, for 127.0.0.1 and localhost. */
  readonly broker: string;
  readonly client: { readonly certificate: string; readonly privateKey: string };
}

export function kafkaCertificates(): KafkaCertificates {
  const authority = new Authority('peers');
  const broker = authority.issue({ name: 'broker', hosts: ['127.0.0.1', 'localhost'] });
  return {
    authority: authority.own.certificate,
    broker: broker.privateKey + broker.certificate,
    client: authority.issue({ name: 'client' }),
  };
}

export interface BrokerShape {
  readonly node: number;
  /** Of all brokers, by node. */
  readonly ports: ReadonlyMap<number, KafkaPorts>;
  readonly dataFolder: string;
  /** Files with PEM texts; null: only in plain text. */
  readonly pem: { readonly broker: string; readonly authority: string } | null;
  /** Kafka's own keys; they win over ours. */
  readonly settings: Readonly<Record<string, string>>;
}

export function brokerProperties(shape: BrokerShape): string {
  const { node, ports, dataFolder, pem, settings } = shape;
  const own = ports.get(node);
  if (own === undefined) throw new Error(`no ports for broker ${node}`);
  const listeners = pem === null ? (['PLAINTEXT'] as const) : kafkaListeners;
  const addresses = listeners.map((name) => `${name}://127.0.0.1:${own[name]}`);
  const voters = [...ports].map(([id, { CONTROLLER }]) => `${id}@127.0.0.1:${CONTROLLER}`);
  const replicas = String(ports.size);
  const inSync = ports.size > 1 ? '2' : '1';
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': String(node),
    'controller.quorum.voters': voters.join(','),
    listeners: [...addresses, `CONTROLLER://127.0.0.1:${own.CONTROLLER}`].join(','),
    'advertised.listeners': addresses.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': [
      'CONTROLLER:PLAINTEXT',
      ...listeners.map((name) => `${name}:${name === 'MTLS' ? 'SSL' : name}`),
    ].join(','),
    'log.dirs': dataFolder,
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
    ...(pem === null ? {} : securityProperties(pem)),
    ...settings,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function securityProperties(pem: {
  readonly broker: string;
  readonly authority: string;
}): Readonly<Record<string, string>> {
  const security = 'org.apache.kafka.common.security';
  const properties: Record<string, string> = {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': pem.broker,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': pem.authority,
    'listener.name.mtls.ssl.client.auth': 'required',
  };
  for (const listener of ['sasl_plaintext', 'sasl_ssl']) {
    const of = (mechanism: string): string =>
      `listener.name.${listener}.${mechanism}.sasl.jaas.config`;
    properties[of('plain')] =
      `${security}.plain.PlainLoginModule required user_${KAFKA_USER.name}="${KAFKA_USER.password}";`;
    properties[of('scram-sha-256')] = `${security}.scram.ScramLoginModule required;`;
    properties[of('scram-sha-512')] = `${security}.scram.ScramLoginModule required;`;
    properties[of('oauthbearer')] =
      `${security}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`;
  }
  return properties;
}

/** The users that the storage of a secured cluster is formatted with. */
export function scramUsers(): readonly string[] {
  const { name, password } = KAFKA_USER;
  return ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${name},password=${password}]`,
  ]);
}

export function log4jText(logFile: string): string {
  return `<Configuration status="WARN">
  <Appenders><File name="file" fileName="${logFile}"><PatternLayout pattern="%d %p %c %m%n"/></File></Appenders>
  <Loggers><Root level="INFO"><AppenderRef ref="file"/></Root></Loggers>
</Configuration>
`;
}
