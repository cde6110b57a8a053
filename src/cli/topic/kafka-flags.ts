/** The flags of all verbs on Kafka: which cluster, with which settings, how long. */
import { Flags } from '@oclif/core';
import { listingFlagDeclarations } from '../cluster/cluster-flags.ts';
import { durationFlag } from '../duration-flag.ts';
import type { KafkaQuestion } from './kafka-properties.ts';

export const kafkaFlagDeclarations = {
  ...listingFlagDeclarations,
  'bootstrap-server': Flags.string({
    helpValue: 'HOST:PORT',
    description:
      'A broker of the cluster, or several with commas; else DREY_BOOTSTRAP_SERVERS, or what the two files below say.',
    helpGroup: 'KAFKA',
  }),
  'command-config': Flags.string({
    helpValue: 'FILE',
    description: 'Properties of the Kafka client (security.protocol, sasl.*, ssl.*) in a file.',
    helpGroup: 'KAFKA',
  }),
  timeout: durationFlag({
    description:
      'How long all requests of the command together may take, such as 10s; 30s when left out. For those that go on, how long they wait for Kafka each time.',
    helpGroup: 'KAFKA',
  }),
};

export interface KafkaFlags {
  readonly 'bootstrap-server'?: string | undefined;
  readonly 'command-config'?: string | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
  readonly output?: string | undefined;
  readonly json?: boolean | undefined;
  readonly 'no-color'?: boolean | undefined;
}

export function kafkaQuestionOf(flags: KafkaFlags): KafkaQuestion {
  return {
    bootstrapServer: flags['bootstrap-server'] ?? null,
    commandConfig: flags['command-config'] ?? null,
    timeoutMs: flags.timeout ?? null,
  };
}
