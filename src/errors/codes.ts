/**
 * The register of every error code that a user can meet: its exit status, what it means and the
 * next step. One file per area below `codes/`; this file joins them.
 * Invariant: a code is registered once; docs/reference/errors.md is generated from this register.
 */
import { cliCodes } from './codes/cli.ts';
import { clusterCodes } from './codes/cluster.ts';
import { contextCodes } from './codes/context.ts';
import { engineCodes } from './codes/engine.ts';
import { expressionCodes } from './codes/expression.ts';
import { kafkaBrokerCodes } from './codes/kafka-broker.ts';
import { kafkaCodes } from './codes/kafka.ts';
import { kafkaSinkCodes } from './codes/kafka-sink.ts';
import { kafkaSourceCodes } from './codes/kafka-source.ts';
import { pipelineCodes } from './codes/pipeline.ts';
import { platformCodes } from './codes/platform.ts';
import { snapshotCodes } from './codes/snapshot.ts';
import { topicCodes } from './codes/topic.ts';

export interface CodeEntry {
  readonly exit: number;
  /** What it means, one sentence. */
  readonly meaning: string;
  /** What the user does next, one sentence. */
  readonly next: string;
}

export const errorCodes = {
  ...cliCodes,
  ...pipelineCodes,
  ...expressionCodes,
  ...engineCodes,
  ...platformCodes,
  ...clusterCodes,
  ...contextCodes,
  ...kafkaBrokerCodes,
  ...kafkaCodes,
  ...kafkaSinkCodes,
  ...kafkaSourceCodes,
  ...snapshotCodes,
  ...topicCodes,
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type ErrorCode = keyof typeof errorCodes;
