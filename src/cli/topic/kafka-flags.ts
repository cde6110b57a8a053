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
      'A broker of the cluster, or several with commas; else what the two files below say, or DREY_BOOTSTRAP_SERVERS.',
    helpGroup: 'KAFKA',
  }),
  'command-config': Flags.string({
    helpValue: 'FILE',
    description: 'Properties of the Kafka client (security.protocol, sasl.*, ssl.*) in a file.',
    helpGroup: 'KAFKA',
  }),
  pipeline: Flags.string({
    helpValue: 'FILE',
    description:
      'Take cluster, login, topic and group from the node of this pipeline file that reads or writes Kafka.',
    helpGroup: 'KAFKA',
  }),
  node: Flags.string({
    helpValue: 'NAME',
    dependsOn: ['pipeline'],
    description: 'Which node of --pipeline, where several read or write Kafka.',
    helpGroup: 'KAFKA',
  }),
  param: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME=VALUE',
    dependsOn: ['pipeline'],
    description: 'Value for ${NAME} in the file of --pipeline. May be repeated.',
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
  readonly pipeline?: string | undefined;
  readonly node?: string | undefined;
  readonly param?: readonly string[] | undefined;
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
    pipeline:
      flags.pipeline === undefined
        ? null
        : { file: flags.pipeline, node: flags.node ?? null, parameters: flags.param ?? [] },
    timeoutMs: flags.timeout ?? null,
  };
}
