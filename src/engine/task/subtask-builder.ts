/**
 * Makes the subtasks of an attempt from the job graph: their operators, sources and sinks, and gives
 * each what it starts from. Nothing is opened yet.
 */
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { Platform } from '../../platform/platform.ts';
import type { DeadRecord } from '../connector/contract.ts';
import { createSink } from '../connector/create-sink.ts';
import { createSource } from '../connector/create-source.ts';
import type { SinkStreamNode, SourceStreamNode, StreamGraph } from '../graph/stream-graph.ts';
import { LinearMemory } from '../memory/linear-memory.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import type { LoadedModules } from '../process/load-function.ts';
import { MAX_PARALLELISM_DEFAULT } from '../state/key-groups.ts';
import { AlignmentGroups, type AlignmentGroup } from '../time/watermark-alignment.ts';
import type { NodeOutputs } from './edge.ts';
import { OperatorChain } from './operator-chain.ts';
import type { RestoredJob } from './restored-job.ts';
import type { SinkEntry } from './sink-entry.ts';
import { SinkOperator } from './sink-operator.ts';
import { SourceTask } from './source-task.ts';
import { noInputs } from './subtask-inputs.ts';
import { Subtask, type SubtaskListener, type SubtaskPlace } from './subtask.ts';

export interface SubtaskBuilderOptions {
  readonly graph: StreamGraph;
  readonly platform: Platform;
  readonly modules: LoadedModules;
  readonly restored: RestoredJob | null;
  readonly listenerOf: (place: SubtaskPlace) => SubtaskListener;
}

/** Where the rows of a source go, and who hears of it. */
interface SourceSurroundings {
  readonly outputs: NodeOutputs;
  readonly counters: NodeCounters;
  readonly wake: (failure: unknown) => void;
}

export class SubtaskBuilder {
  readonly evaluation: EvaluationContext;
  private readonly options: SubtaskBuilderOptions;
  private readonly context: TaskContext;
  private readonly alignment = new AlignmentGroups();

  constructor(options: SubtaskBuilderOptions) {
    const { graph, platform, modules } = options;
    this.options = options;
    this.evaluation = {
      timeZone: graph.timeZone,
      nowMs: () => platform.clock.nowMs(),
      random: () => platform.random.next(),
    };
    // All subtasks work in one memory: they never do so at the same time.
    this.context = { evaluation: this.evaluation, memory: new LinearMemory(), modules };
  }

  /** Upstream first. */
  build(): readonly Subtask[] {
    const { graph } = this.options;
    const place = {
      vertexId: graph.nodes[0]!.uid,
      subtask: 0,
      parallelism: 1,
      maxParallelism: MAX_PARALLELISM_DEFAULT,
    };
    return [this.subtask(graph.nodes, place)];
  }

  /** Reads a source from its start, in a memory of its own that goes with it. */
  separateSource(
    node: SourceStreamNode,
    to: Pick<SourceSurroundings, 'outputs' | 'wake'> & { readonly counters: NodeCounters },
  ): SourceTask {
    const context = { evaluation: this.evaluation, memory: new LinearMemory() };
    return this.source(node, context, to);
  }

  private subtask(nodes: StreamGraph['nodes'], place: SubtaskPlace): Subtask {
    const { restored } = this.options;
    const listener = this.options.listenerOf(place);
    const sinks: SinkEntry[] = [];
    const chain = new OperatorChain({ nodes }, this.context, (node, counters) => {
      const operator = this.sink(node, counters);
      sinks.push({ uid: node.uid, sink: operator.sink, counters });
      return operator;
    });
    const sources: SourceTask[] = [];
    const subtask = new Subtask({
      place,
      chain,
      sources,
      sinks,
      inputs: noInputs,
      platform: this.options.platform,
      listener,
    });
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

  private source(node: SourceStreamNode, context: TaskContext, to: SourceSurroundings): SourceTask {
    const { platform } = this.options;
    const deadRecords: DeadRecord[] = [];
    const source = createSource(node, { platform, memory: context.memory }, deadRecords);
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

  private sink(node: SinkStreamNode, counters: NodeCounters): SinkOperator {
    const schema = node.columns.map((index) => node.inputSchema[index]!);
    const { platform } = this.options;
    const sink = createSink(node, schema, { platform, memory: this.context.memory });
    return new SinkOperator(sink, { columns: node.columns, schema }, counters);
  }
}
