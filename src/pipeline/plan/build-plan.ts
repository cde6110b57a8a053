/**
 * Draft -> logical plan. Goes on after a finding wherever the rest still makes sense, so that all
 * findings come at once; a node whose input was refused is left out silently.
 */
import type { NodeDraft, PipelineDraft, SourceDraft, TransformDraft } from '../parse/draft.ts';
import type { FileReader } from '../parse/file-reader.ts';
import type { NodeLookup } from './bounded-source.ts';
import { checkRefreshes } from './check-refresh.ts';
import { outputColumns } from './column-schema.ts';
import type { LogicalPlan, PlanNode, SelectNode } from './logical-plan.ts';
import type { StreamReference } from './stream-reference.ts';
import { resolveGraph, type Input, type NodeGraph } from './node-graph.ts';
import { planAsync } from './plan-async.ts';
import { planDedup } from './plan-dedup.ts';
import { planJoin } from './plan-join.ts';
import { planDictionary } from './plan-dictionary.ts';
import { planLookup } from './plan-lookup.ts';
import { planRunning, type RunningInput } from './plan-running.ts';
import { planProcess } from './plan-process.ts';
import { planSink } from './plan-sink.ts';
import { planSource } from './plan-source.ts';
import { planTests } from './plan-tests.ts';
import { planTopN } from './plan-top-n.ts';
import { planUnion } from './plan-union.ts';
import { planWindow } from './plan-window.ts';
import {
  mainStream,
  type NodePlace,
  type PlannedNode,
  type StreamColumns,
} from './planned-node.ts';
import { deadSchema } from './stream-schema.ts';
import { Typing } from './typing.ts';

/** Whole only when the reader has no error afterwards. */
export function buildPlan(draft: PipelineDraft, reader: FileReader): LogicalPlan {
  const planning = new Planning(draft, reader);
  const nodes = planning.planNodes();
  return {
    name: draft.name,
    parallelism: draft.parallelism,
    maxParallelism: draft.maxParallelism,
    configuration: draft.configuration,
    configurationPlaces: draft.configurationPlaces,
    timeZone: draft.timeZone,
    nodes,
    tests: planTests(draft, planning.planned, reader),
  };
}

class Planning {
  readonly planned = new Map<string, PlannedNode>();
  readonly #draft: PipelineDraft;
  readonly #reader: FileReader;
  readonly #typing: Typing;
  readonly #graph: NodeGraph;

  constructor(draft: PipelineDraft, reader: FileReader) {
    this.#draft = draft;
    this.#reader = reader;
    this.#typing = new Typing(reader, draft.timeZone);
    this.#graph = resolveGraph(draft, reader);
  }

  planNodes(): readonly PlanNode[] {
    for (const draft of this.#graph.order) {
      const node = this.#planNode(draft);
      if (node !== null) this.planned.set(draft.name, node);
    }
    this.#checkStandardInput();
    checkRefreshes({ draft: this.#draft, planned: this.planned, reader: this.#reader });
    return [...this.planned.values()].map(({ node }) => node);
  }

  #planNode(draft: NodeDraft): PlannedNode | null {
    this.#checkParallelism(draft);
    const place: NodePlace = {
      name: draft.name,
      line: this.#reader.lineOf(draft.key),
      parallelism: draft.values.parallelism?.value ?? this.#draft.parallelism,
    };
    if (draft.kind === 'source') return this.#planSource(draft, place);
    if (draft.kind === 'transform' && draft.values.union !== null) {
      return this.#planUnion(draft, place);
    }
    if (draft.kind === 'transform' && draft.values.join !== null) {
      return this.#planJoin(draft, place);
    }
    const input = this.#graph.inputs.get(draft) ?? null;
    const stream = input === null ? null : this.#streamOf(input);
    if (input === null || stream === null) return null;
    const from = input.stream;
    const typing = this.#typing;
    if (draft.kind === 'sink') {
      const nodeOf: NodeLookup = (name) => this.planned.get(name)?.node ?? null;
      const { timeZone } = this.#draft;
      const node = planSink({ draft, place, from, stream, typing, nodeOf, timeZone });
      return { node, streams: new Map([['main', mainStream(node, '')]]) };
    }
    return this.#planTransform(draft, { place, from, stream });
  }

  /** A key group has one subtask, so there are no more subtasks than groups. */
  #checkParallelism({ name, values }: NodeDraft): void {
    const { parallelism } = values;
    const max = this.#draft.maxParallelism;
    if (parallelism === null || parallelism.node === null || max === null) return;
    if (parallelism.value <= max) return;
    this.#reader.report(parallelism.node, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: `The parallelism ${parallelism.value} of ${name} is greater than max-parallelism ${max}.`,
    });
  }

  #planSource(draft: SourceDraft, place: NodePlace): PlannedNode | null {
    const node = planSource(draft, place, this.#typing, this.#draft.configuration);
    if (node === null) return null;
    const main = mainStream(node, `the source "${node.name}" declares no watermark`);
    const dead: StreamColumns = {
      columns: deadSchema,
      hiddenColumns: [],
      timeColumn: null,
      noTimeBecause: `${node.name}.dead has no event time`,
      changelog: null,
    };
    const hasDead = node.onError === 'dead-letter';
    return {
      node,
      streams: new Map(
        hasDead
          ? [
              ['main', main],
              ['dead', dead],
            ]
          : [['main', main]],
      ),
    };
  }

  #planUnion(draft: TransformDraft, place: NodePlace): PlannedNode | null {
    const inputs = this.#inputsOf(draft);
    const wanted = draft.values.union?.value.length ?? 0;
    if (draft.isIncomplete || inputs.length < wanted) return null;
    return planUnion({ draft, place, inputs, typing: this.#typing });
  }

  #planJoin(draft: TransformDraft, place: NodePlace): PlannedNode | null {
    const [left, right] = this.#inputsOf(draft);
    if (draft.isIncomplete || left === undefined || right === undefined) return null;
    return planJoin({ draft, place, left, right, typing: this.#typing });
  }

  /** The inputs of a node with several, those that are known. */
  #inputsOf(
    draft: TransformDraft,
  ): readonly { readonly input: Input; readonly stream: StreamColumns }[] {
    return (this.#graph.unions.get(draft) ?? []).flatMap((input) => {
      const stream = this.#streamOf(input);
      return stream === null ? [] : [{ input, stream }];
    });
  }

  #planTransform(
    draft: TransformDraft,
    at: {
      readonly place: NodePlace;
      readonly from: StreamReference;
      readonly stream: StreamColumns;
    },
  ): PlannedNode | null {
    const typing = this.#typing;
    if (draft.values.lookup !== null) {
      // Two operations in one node were reported; neither is the one that was meant.
      if (draft.values.aggregate !== null) return null;
      return planLookup({
        ...at,
        draft,
        typing,
        nodeOf: (name) => this.planned.get(name)?.node ?? null,
        sourceNames: this.#draft.sources.map((source) => source.name),
        transformNames: this.#draft.transforms.map((transform) => transform.name),
      });
    }
    if (draft.values.dedup !== null) return planDedup(this.#withConfiguration(draft, at));
    if (draft.values['top-n'] !== null) return planTopN(this.#withConfiguration(draft, at));
    if (draft.values.async !== null) return planAsync({ ...at, draft, typing });
    if (draft.values.dictionary !== null) return planDictionary(this.#withConfiguration(draft, at));
    if (draft.values.process !== null) return planProcess({ ...at, draft, typing });
    if (draft.values.window !== null) return planWindow({ ...at, draft, typing });
    if (draft.values.aggregate !== null) {
      return draft.isIncomplete ? null : planRunning(this.#withConfiguration(draft, at));
    }
    const where = typing.condition(draft.values.where, at.stream.columns);
    if (draft.isIncomplete) return null;
    const select = typing.select(draft.values.select, at.stream.columns);
    if (select === undefined) return null;
    const { noTimeBecause, ...output } = outputColumns(at.stream, select, draft.name);
    const node: SelectNode = {
      kind: 'select',
      ...at.place,
      ...output,
      from: at.from,
      where,
      select,
    };
    return { node, streams: new Map([['main', mainStream(node, noTimeBecause)]]) };
  }

  /** For nodes whose state has no end of its own. */
  #withConfiguration(
    draft: TransformDraft,
    at: Pick<RunningInput, 'place' | 'from' | 'stream'>,
  ): RunningInput {
    const { configuration, isStrict } = this.#draft;
    const nodeOf: NodeLookup = (name) => this.planned.get(name)?.node ?? null;
    return { ...at, draft, typing: this.#typing, nodeOf, configuration, isStrict };
  }

  #streamOf(input: Input): StreamColumns | null {
    const planned = this.planned.get(input.stream.node);
    if (planned === undefined) return null;
    const stream = planned.streams.get(input.stream.stream);
    if (stream !== undefined) return stream;
    const { node, stream: side } = input.stream;
    this.#reader.report(input.place, {
      code: 'DREY_PIPELINE_UNKNOWN_NODE',
      message: `"${node}" has no side stream "${side}".`,
      hint: sideHint(planned, side),
    });
    return null;
  }

  #checkStandardInput(): void {
    const readers = this.#draft.sources.filter((source) => source.connector?.kind === 'stdin');
    for (const source of readers.slice(1)) {
      this.#reader.report(source.key, {
        code: 'DREY_PIPELINE_CONFLICT',
        message: 'Two sources cannot both read standard input.',
      });
    }
  }
}

/** How a side stream that is not there comes to be. */
function sideHint({ node, streams }: PlannedNode, side: string): string {
  if (side === 'late') return `A window opens it with emit: { late: keep } on "${node.name}".`;
  if (side === 'dead') return `A source opens it with on-error: dead-letter on "${node.name}".`;
  const names = [...streams.keys()].filter((name) => name !== 'main');
  if (names.length > 0) return `Side streams of "${node.name}": ${names.join(', ')}.`;
  return 'Side streams are late (of windows), dead (of sources), and the sides of a process function.';
}
