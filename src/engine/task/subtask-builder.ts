/**
 * Makes the subtasks of an attempt from the job graph: their operators, sources and sinks, and gives
 * each what it starts from. Nothing is opened yet.
 */
import { assert } from '../../errors/assert.ts';
import type { DreyError } from '../../errors/drey-error.ts';
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { Platform } from '../../platform/platform.ts';
import type { RowSchema } from '../batch/batch.ts';
import { ExchangeChannels, keyTargetsOf } from '../channel/exchange-channels.ts';
import { restoreInFlight, type RestoredInput, type RestoredRows } from '../channel/in-flight.ts';
import type { DeadRecord, Sink } from '../connector/contract.ts';
import { createSink } from '../connector/create-sink.ts';
import { SharedListings } from '../connector/shared-listings.ts';
import { createSource } from '../connector/create-source.ts';
import {
  exchangeOf,
  inputsOf,
  producersOf,
  toJobGraph,
  type JobExchange,
  type JobGraph,
  type JobVertex,
} from '../graph/job-graph.ts';
import { outputSchemaOf } from '../graph/output-schema.ts';
import type { SinkStreamNode, SourceStreamNode, StreamGraph } from '../graph/stream-graph.ts';
import { LinearMemory } from '../memory/linear-memory.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import type { LoadedModules } from '../process/load-function.ts';
import type { BackendOptions } from '../state/backend/keyed-backend.ts';
import type { SubtaskState } from '../state/state-part.ts';
import { AlignmentGroups, type AlignmentGroup } from '../time/watermark-alignment.ts';
import type { NodeOutputs } from './edge.ts';
import type { JobWarning } from './job-warning.ts';
import { OperatorChain } from './operator-chain.ts';
import type { RestoredJob } from './restored-job.ts';
import type { SinkEntry } from './sink-entry.ts';
import { SinkOperator } from './sink-operator.ts';
import { SourceTask } from './source-task.ts';
import { SubtaskLinks, WriterTarget, type RestoredFeed } from './subtask-links.ts';
import type { SubtaskListener } from './subtask-listener.ts';
import type { SubtaskPlace } from './subtask-place.ts';
import { Subtask } from './subtask.ts';

export interface SubtaskBuilderOptions {
  readonly graph: StreamGraph;
  readonly platform: Platform;
  readonly modules: LoadedModules;
  readonly restored: RestoredJob | null;
  readonly warn: (warning: JobWarning) => void;
  /** Left out: keyed state is kept in memory, and checkpoints of it are incremental. */
  readonly stateBackend?: BackendOptions | undefined;
  readonly listenerOf: (place: SubtaskPlace) => SubtaskListener;
  /** See SinkSurroundings. */
  readonly checkAllowed?: (() => Promise<void>) | undefined;
  /** Rows of a batch between subtasks; left out: as many as suit the number of consumers. */
  readonly transferRows?: number | undefined;
}

/** Where the rows of a source go, and who hears of it. */
interface SourceSurroundings {
  readonly outputs: NodeOutputs;
  readonly counters: NodeCounters;
  readonly wake: (failure: unknown) => void;
  /** Those of the attempt when left out. */
  readonly listings?: SharedListings;
}

interface LinkedSubtask {
  readonly vertex: JobVertex;
  readonly place: SubtaskPlace;
  readonly chain: OperatorChain;
  readonly exchanges: readonly ExchangeChannels[];
}

export class SubtaskBuilder {
  readonly evaluation: EvaluationContext;
  private readonly options: SubtaskBuilderOptions;
  private readonly context: TaskContext;
  private readonly alignment = new AlignmentGroups();
  /** The files of a source as all its subtasks see them. */
  private readonly listings = new SharedListings();
  /** See SinkSurroundings. */
  private readonly tables = new Map<string, Sink>();
  private readonly jobGraph: JobGraph;

  constructor(options: SubtaskBuilderOptions) {
    const { graph, platform, modules, stateBackend } = options;
    this.options = options;
    this.jobGraph = toJobGraph(graph);
    this.evaluation = {
      timeZone: graph.timeZone,
      nowMs: () => platform.clock.nowMs(),
      random: () => platform.random.next(),
    };
    // All subtasks work in one memory: they never do so at the same time.
    const { maxParallelism } = this.jobGraph;
    const { evaluation } = this;
    this.context = {
      evaluation,
      memory: new LinearMemory(),
      maxParallelism,
      modules,
      redis: platform.redis,
      ...(stateBackend !== undefined && { stateBackend }),
    };
  }

  /** Upstream first. */
  build(): readonly Subtask[] {
    const { vertices } = this.jobGraph;
    const exchanges = this.jobGraph.exchanges.map((exchange) => this.channelsOf(exchange));
    return vertices.flatMap((vertex) =>
      Array.from({ length: vertex.parallelism }, (_, subtask) =>
        this.subtask(vertex, subtask, exchanges),
      ),
    );
  }

  /** Reads a source from its start, in a memory of its own that goes with it. */
  separateSource(
    node: SourceStreamNode,
    to: Pick<SourceSurroundings, 'outputs' | 'wake'> & { readonly counters: NodeCounters },
  ): SourceTask {
    const context = { evaluation: this.evaluation, memory: new LinearMemory() };
    // Each reading lists the files that are there by then.
    return this.source(node, context, { ...to, listings: new SharedListings() });
  }

  private channelsOf(exchange: JobExchange): ExchangeChannels {
    const { vertices, maxParallelism } = this.jobGraph;
    const { from, to } = exchange;
    return new ExchangeChannels({
      exchange,
      schema: this.schemaOf(from.node, from.stream),
      producers: vertices[from.vertex]!.parallelism,
      consumers: vertices[to.vertex]!.parallelism,
      maxParallelism,
      memoryOf: () => this.context.memory,
      batchRows: this.options.transferRows,
    });
  }

  private subtask(
    vertex: JobVertex,
    index: number,
    exchanges: readonly ExchangeChannels[],
  ): Subtask {
    const { id, parallelism, nodes } = vertex;
    const { maxParallelism } = this.jobGraph;
    const place = { vertexId: id, subtask: index, parallelism, maxParallelism };
    const { platform } = this.options;
    const listener = this.options.listenerOf(place);
    const sinks: SinkEntry[] = [];
    const chain = new OperatorChain({ nodes }, this.context, (node, counters) => {
      const operator = this.sink(node, counters, place);
      sinks.push({ uid: node.uid, sink: operator.sink, counters });
      return operator;
    });
    const sources: SourceTask[] = [];
    const links = this.links({ vertex, place, chain, exchanges });
    const { restored } = this.options;
    const wasAtEnd = restored !== null && nodes.every(({ uid }) => restored.hasEnded(uid));
    const parts = { place, chain, sources, sinks, links, platform, listener, wasAtEnd };
    const subtask = new Subtask(parts);
    for (const node of nodes) {
      const state = restored?.stateOf(node.uid, place) ?? null;
      if (node.kind !== 'source') {
        if (state !== null) chain.restore(node.uid, state);
        continue;
      }
      const source = this.source(node, this.context, {
        outputs: chain.outputsOf(node.uid),
        counters: chain.countersOf(node.uid),
        wake: (failure) => {
          if (failure === null) subtask.wake();
          else listener.failed(failure);
        },
      });
      if (state !== null) source.restoreState(state);
      sources.push(source);
    }
    return subtask;
  }

  private links({ vertex, place, chain, exchanges }: LinkedSubtask): SubtaskLinks {
    const { restored } = this.options;
    const gates = vertex.gates.map((exchange) => {
      const { node, input } = exchange.to;
      const rows = this.rowsInFlight(exchange, place);
      const gate = exchanges[exchange.index]!.gate(
        place.subtask,
        chain.gateEdge(node, input),
        rows,
      );
      const state = restored?.stateOf(node, place) ?? null;
      if (state !== null) gate.restoreState(state);
      return gate;
    });
    const writers = vertex.outputs.map(({ index, from }) => {
      const writer = exchanges[index]!.writer(place.subtask, this.context);
      chain.attachTarget({ node: from.node, stream: from.stream }, new WriterTarget(writer));
      return writer;
    });
    const hasSources = vertex.nodes.some(({ kind }) => kind === 'source');
    return new SubtaskLinks(gates, writers, {
      hasSources,
      feeds: this.feedsOf(vertex, place, chain),
    });
  }

  private rowsInFlight(
    { from, to, exchange }: JobExchange,
    place: SubtaskPlace,
  ): readonly RestoredRows[] {
    const old = this.options.restored?.oldStatesOf(to.node) ?? [];
    if (old.length === 0) return [];
    const producers = this.jobGraph.vertices[from.vertex]!.parallelism;
    const consumers = place.parallelism;
    const channelCount = producersOf(exchange, place.subtask, { producers, consumers }).length;
    const schema = this.schemaOf(from.node, from.stream);
    return this.restoredRows(old, { input: to.input, schema, exchange, channelCount }, place);
  }

  /** Rows that were in flight where there is no channel any more. */
  private feedsOf(
    { nodes }: JobVertex,
    place: SubtaskPlace,
    chain: OperatorChain,
  ): readonly RestoredFeed[] {
    const { restored } = this.options;
    if (restored === null) return [];
    const chained = new Set(nodes.map(({ uid }) => uid));
    return nodes.flatMap((node) =>
      inputsOf(node).flatMap((from, input): readonly RestoredFeed[] => {
        const old = restored.oldStatesOf(node.uid);
        if (!chained.has(from.node) || old.length === 0) return [];
        const schema = this.schemaOf(from.node, from.stream);
        const exchange = exchangeOf(from);
        const rows = this.restoredRows(old, { input, schema, exchange, channelCount: 1 }, place);
        if (rows.length === 0) return [];
        const batches = rows.map(({ transfer }) => transfer.batch);
        return [{ edge: chain.gateEdge(node.uid, input), batches }];
      }),
    );
  }

  private restoredRows(
    old: readonly SubtaskState[],
    to: Pick<RestoredInput, 'input' | 'schema' | 'exchange' | 'channelCount'>,
    { subtask, parallelism, maxParallelism }: SubtaskPlace,
  ): readonly RestoredRows[] {
    const { schema, exchange } = to;
    const targets = keyTargetsOf(exchange, this.context, { schema, parallelism, maxParallelism });
    return restoreInFlight(old, { ...to, subtask, parallelism, targets });
  }

  private schemaOf(uid: string, stream: string): RowSchema {
    const node = this.options.graph.nodes.find((each) => each.uid === uid);
    assert(node !== undefined, 'inputs name nodes of the graph');
    return outputSchemaOf(node, stream);
  }

  private source(node: SourceStreamNode, context: TaskContext, to: SourceSurroundings): SourceTask {
    const { platform } = this.options;
    const deadRecords: DeadRecord[] = [];
    const { memory } = context;
    const { listings = this.listings } = to;
    const warn = (reason: DreyError): void => {
      this.options.warn({ node: node.uid, message: reason.message, reason });
    };
    const source = createSource(node, { platform, memory, listings, warn }, deadRecords);
    return new SourceTask({
      ...to,
      node,
      source,
      context,
      clock: platform.clock,
      deadRecords,
      alignment: this.alignmentOf(node),
    });
  }

  /** A table is read before all others, which therefore cannot wait for it. */
  private alignmentOf({ isTable, watermark }: SourceStreamNode): AlignmentGroup | null {
    const group = isTable ? undefined : watermark?.alignment?.group;
    return group === undefined ? null : this.alignment.group(group);
  }

  private sink(node: SinkStreamNode, counters: NodeCounters, place: SubtaskPlace): SinkOperator {
    const schema = node.columns.map((index) => node.inputSchema[index]!);
    const { platform, checkAllowed } = this.options;
    const { memory } = this.context;
    const { tables } = this;
    const sink = createSink(node, schema, { platform, memory, place, tables, checkAllowed });
    return new SinkOperator(sink, { columns: node.columns, schema }, counters);
  }
}
