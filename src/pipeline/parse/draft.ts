/**
 * What the fields of a file say, before names and columns are known: the nodes as written, each
 * value of its type, each with its place. A part that could not be read is null and was reported.
 */
import type { ScalarNode } from '../../document/document-node.ts';
import type { ConfigurationPlace } from '../plan/logical-plan.ts';
import type { SinkConnector, SourceConnector } from '../plan/connector-spec.ts';
import type { FieldText, Located, ValuesOf } from '../spec/field.ts';
import type { PatternName } from '../spec/record-reader.ts';
import type { DruidDraft } from '../spec/druid-spec.ts';
import type { sinkOptions } from '../spec/sink-spec.ts';
import type { sourceOptions } from '../spec/source-spec.ts';
import type { TestValues } from '../spec/test-spec.ts';
import type { transformOptions } from '../spec/transform-spec.ts';
import type { KafkaSinkDraft } from './kafka-sink-draft.ts';
import type { KafkaSourceDraft } from './kafka-source-draft.ts';

export interface PipelineDraft {
  readonly name: string;
  readonly parallelism: number;
  readonly maxParallelism: number | null;
  readonly configuration: ReadonlyMap<string, string>;
  readonly configurationPlaces: ReadonlyMap<string, ConfigurationPlace>;
  /** Warnings about the file are errors. */
  readonly isStrict: boolean;
  readonly timeZone: string;
  /** Sources, transforms, sinks: each in the order of the file. */
  readonly sources: readonly SourceDraft[];
  readonly transforms: readonly TransformDraft[];
  readonly sinks: readonly SinkDraft[];
  readonly tests: readonly TestValues[];
}

interface NamedDraft {
  readonly name: string;
  readonly key: ScalarNode;
}

export interface SourceDraft extends NamedDraft {
  readonly kind: 'source';
  readonly values: ValuesOf<typeof sourceOptions>;
  /** Null when it could not be read; the columns are still checked. */
  readonly connector: SourceConnector | KafkaSourceDraft | null;
  readonly onError: 'fail' | 'dead-letter' | 'ignore';
  /** Columns that `fields.#` options of datagen name. */
  readonly datagenColumns: readonly PatternName[];
}

export interface TransformDraft extends NamedDraft {
  readonly kind: 'transform';
  readonly values: ValuesOf<typeof transformOptions>;
  /** Absolute path of the JavaScript module of the node; null: there is none, or it was refused. */
  readonly modulePath: string | null;
  /** True when a field was refused that decides what the node does; its columns are not known. */
  readonly isIncomplete: boolean;
}

export interface SinkDraft extends NamedDraft {
  readonly kind: 'sink';
  readonly values: ValuesOf<typeof sinkOptions>;
  readonly connector: SinkConnector | KafkaSinkDraft | null;
  /** Of a `druid` sink: how Druid takes the rows in. */
  readonly druid?: DruidDraft;
  /** What is written of each row; null: its columns, or a part was refused. */
  readonly row: SinkRow | null;
}

/** Expressions over the input of a sink that it takes in place of the columns. */
export interface SinkRow {
  /** Rows with equal values of these take the place of each other. */
  readonly identity: readonly NamedText[];
  /** Null: the columns of the input. */
  readonly others: readonly NamedText[] | null;
}

export interface NamedText extends Located<FieldText> {
  readonly name: string;
}

export type NodeDraft = SourceDraft | TransformDraft | SinkDraft;
