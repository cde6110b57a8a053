/** The topic and the client properties of a node of a pipeline file that reads or writes Kafka. */
import { UsageError } from '../../errors/drey-error.ts';
import type { ClientProperties } from '../../kafka/client-properties.ts';
import type { KafkaTopics } from '../../pipeline/plan/kafka-source-spec.ts';
import type { PlanNode } from '../../pipeline/plan/logical-plan.ts';
import type { Platform } from '../../platform/platform.ts';
import { readPipeline } from '../pipeline/read-pipeline.ts';

export interface PipelineQuestion {
  readonly file: string;
  /** Null: the only one there is. */
  readonly node: string | null;
  /** Each `NAME=VALUE`, as given. */
  readonly parameters: readonly string[];
}

export interface PipelineKafka {
  readonly node: string;
  /** Null: several, or a pattern. */
  readonly topic: string | null;
  readonly properties: ClientProperties;
}

/** Throws a PipelineError where the file is wrong, and a UsageError where no node is meant. */
export async function kafkaOfPipeline(
  { file, node, parameters }: PipelineQuestion,
  platform: Platform,
): Promise<PipelineKafka> {
  const { plan } = await readPipeline({ file, parameters, strict: false }, platform);
  const known = plan.nodes.flatMap((one) => kafkaOf(one) ?? []);
  const fitting = known.filter((one) => node === null || one.node === node);
  const [found, another] = fitting;
  if (found !== undefined && another === undefined) return found;
  const names = known.map((one) => one.node).join(', ');
  const which = node === null ? 'which node is meant is not said' : `it has no such node ${node}`;
  throw new UsageError('DREY_USAGE', `${file}: ${which}`, {
    hint:
      names === ''
        ? 'None of its nodes reads or writes Kafka.'
        : `Pass --node with one of: ${names}.`,
  });
}

function kafkaOf(node: PlanNode): PipelineKafka | null {
  if (node.kind === 'sink' && node.connector.kind === 'kafka') {
    const { topic, properties } = node.connector;
    return { node: node.name, topic, properties };
  }
  if (node.kind === 'source' && node.connector.kind === 'kafka') {
    const { topics, properties } = node.connector;
    return { node: node.name, topic: onlyTopic(topics), properties };
  }
  return null;
}

function onlyTopic(topics: KafkaTopics): string | null {
  const [topic, another] = topics.kind === 'list' ? topics.names : [];
  return another === undefined ? (topic ?? null) : null;
}
