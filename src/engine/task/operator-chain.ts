/**
 * The operators of one subtask, made from its nodes of the stream graph and connected by edges.
 * It knows no source and no sink: those who run it feed the sources' outputs and the inputs that
 * come from other subtasks, and give the sinks.
 */
import { assert } from '../../errors/assert.ts';
import type {
  OperatorStreamNode,
  SinkStreamNode,
  StreamInput,
  StreamNode,
} from '../graph/stream-graph.ts';
import type { Operator } from '../operator/contract.ts';
import type { OutsideCalls } from '../operator/outside-calls.ts';
import { createOperator } from '../graph/create-operator.ts';
import { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { MAX_PARALLELISM_DEFAULT } from '../state/key-groups.ts';
import { RestoredParts } from '../state/restored-parts.ts';
import type { RestoredState } from '../state/operator-snapshot.ts';
import { SnapshotParts, type SnapshotOrder } from '../state/snapshot-parts.ts';
import type { StatePart } from '../state/state-part.ts';
import { closeEach } from './close-all.ts';
import { Edge, NodeOutputs, type StreamTarget } from './edge.ts';

interface ChainNode {
  readonly uid: string;
  /** Null for a source. */
  readonly operator: Operator | null;
  /** Of inputs that come from other subtasks. */
  readonly gateEdges: Edge[];
  readonly outputs: NodeOutputs;
  readonly counters: NodeCounters;
}

/** State of every operator by uid. */
export type ChainSnapshot = ReadonlyMap<string, readonly StatePart[]>;

export class OperatorChain {
  private readonly nodes = new Map<string, ChainNode>();
  /** Those downstream first. */
  private readonly drained: ChainNode[] = [];
  /** Those that may set timers. */
  private readonly timed: { readonly operator: Operator }[] = [];
  /** Of those that call to the outside. */
  private readonly outside: OutsideCalls[] = [];
  /** Not null while timers fire. */
  private firingAtMs: number | null = null;
  private hasAnswered = false;
  /** Operators have not said again what they had said. */
  private isRestored = false;
  /** Nothing goes out by itself: no timer fires, no answer is taken in, nothing is said again. */
  isPaused = false;

  /** `createSink`: the operator that takes a sink's rows. `restored`: state to start from. */
  constructor(
    graph: { readonly nodes: readonly StreamNode[] },
    context: TaskContext,
    createSink: (node: SinkStreamNode, counters: NodeCounters) => Operator,
    restored: ChainSnapshot | null = null,
  ) {
    for (const node of graph.nodes) {
      const counters = new NodeCounters();
      const operator =
        node.kind === 'source'
          ? null
          : node.kind === 'sink'
            ? createSink(node, counters)
            : createOperator(node.spec, context, counters);
      this.nodes.set(node.uid, {
        uid: node.uid,
        operator,
        gateEdges: [],
        outputs: new NodeOutputs(counters),
        counters,
      });
      if (operator?.processTimers !== undefined) this.timed.push({ operator });
      if (operator?.outside !== undefined) this.outside.push(operator.outside);
      if (operator !== null) this.connect(node as OperatorStreamNode | SinkStreamNode, operator);
    }
    this.drained.push(...[...this.nodes.values()].reverse());
    for (const { uid, operator } of this.nodes.values()) {
      const state = restored?.get(uid);
      if (state !== undefined) operator?.restoreState(restoredFrom(state));
    }
  }

  /** Gives an operator what it starts from; before `open`. */
  restore(uid: string, state: RestoredState): void {
    const { operator, outputs } = this.node(uid);
    operator?.restoreState(state);
    outputs.restoreState(state);
    this.isRestored = true;
  }

  /**
   * Restored operators tell their consumers once what they had told them before; after rows that
   * were in flight, before all others. True: there was something to tell.
   */
  sayAgain(): boolean {
    if (!this.isRestored || this.isPaused) return false;
    this.isRestored = false;
    let hasSaid = false;
    for (const { operator, outputs } of this.nodes.values()) {
      if (operator !== null && outputs.sayAgain()) hasSaid = true;
    }
    return hasSaid;
  }

  /** Opens what operators call outside of the process, before `open`; `wake`: an answer has come. */
  async startCalls(wake: () => void): Promise<void> {
    for (const calls of this.outside) await calls.start(wake);
  }

  /** Opens the operators; no consumer can be attached from then on. */
  open(): void {
    for (const { operator, outputs } of this.nodes.values()) operator?.open(outputs);
  }

  outputsOf(uid: string): NodeOutputs {
    return this.node(uid).outputs;
  }

  /** Null for a source, and for a node of another subtask. */
  find(uid: string): Operator | null {
    return this.nodes.get(uid)?.operator ?? null;
  }

  countersOf(uid: string): NodeCounters {
    return this.node(uid).counters;
  }

  /** Rows that were late at any operator. */
  get lateRecords(): number {
    let sum = 0;
    for (const { counters } of this.nodes.values()) sum += counters.lateRecords;
    return sum;
  }

  /** Adds a consumer to a stream; before `open`, which is where operators look for consumers. */
  attach(input: StreamInput, consumer: Operator): void {
    this.attachTarget(input, new Edge(consumer, 0));
  }

  /** As `attach`, for what is no operator. */
  attachTarget(input: StreamInput, target: StreamTarget): void {
    this.node(input.node).outputs.stream(input.stream).edges.push(target);
  }

  /** The way into an operator from other subtasks. */
  gateEdge(uid: string, input: number): Edge {
    const node = this.node(uid);
    assert(node.operator !== null, 'only operators have inputs');
    const edge = new Edge(node.operator, input, node.outputs);
    node.gateEdges.push(edge);
    return edge;
  }

  /** Repeats every pending call, consumers first; true when none is left. */
  drain(): boolean {
    const waiting = this.rowsInFlight;
    let isEmpty = true;
    for (const node of this.drained) {
      if (!node.outputs.drain()) isEmpty = false;
      else if (this.firingAtMs !== null && !this.fire(node, this.firingAtMs)) isEmpty = false;
      // Answers and timeouts are looked at even when there is no room for what comes of them.
      if (!this.isPaused && node.operator?.outside?.advance() === false) isEmpty = false;
      for (const edge of node.gateEdges) if (!edge.drain()) isEmpty = false;
    }
    if (isEmpty) this.firingAtMs = null;
    if (this.rowsInFlight < waiting) this.hasAnswered = true;
    // A node that was passed already may have been given something since.
    return isEmpty && !this.hasPending();
  }

  /** Processing time, epoch milliseconds, of the next timer of any operator; Infinity: none. */
  get nextTimerMs(): number {
    let next = Infinity;
    if (this.isPaused) return next;
    for (const { operator } of this.timed) next = Math.min(next, operator.nextTimerMs ?? Infinity);
    return next;
  }

  /** Rows that wait for answers from outside. */
  get rowsInFlight(): number {
    let sum = 0;
    for (const calls of this.outside) sum += calls.rowsInFlight;
    return sum;
  }

  /** Rows that had waited for answers have gone on since this was asked last. */
  takeHasAnswered(): boolean {
    const { hasAnswered } = this;
    this.hasAnswered = false;
    return hasAnswered;
  }

  /** Calls that may be answered at any time. */
  get callsUnderWay(): number {
    let sum = 0;
    for (const calls of this.outside) sum += calls.callsUnderWay;
    return sum;
  }

  /** An operator can go on only when an answer comes. */
  get isHeldUp(): boolean {
    return this.outside.some(({ isHeldUp }) => isHeldUp);
  }

  /** Processing time at which `drain` has something to do without an answer; Infinity: never. */
  get nextDueMs(): number {
    let next = Infinity;
    if (this.isPaused) return next;
    for (const calls of this.outside) next = Math.min(next, calls.nextDueMs);
    return next;
  }

  /** Fires what is due; only while nothing is pending. What finds its outputs full is drained. */
  processTimers(nowMs: number): void {
    if (this.timed.length === 0 || this.nextTimerMs > nowMs) return;
    this.firingAtMs = nowMs;
    this.drain();
  }

  private hasPending(): boolean {
    for (const { gateEdges, outputs } of this.nodes.values()) {
      if (outputs.hasPending) return true;
      for (const edge of gateEdges) if (edge.hasPending) return true;
    }
    return false;
  }

  /** True when it has no due timer any more; false: its outputs are full. */
  private fire({ operator, outputs }: ChainNode, nowMs: number): boolean {
    if (operator?.processTimers === undefined) return true;
    while ((operator.nextTimerMs ?? Infinity) <= nowMs) {
      if (!operator.processTimers(nowMs)) return false;
      if (!outputs.drain()) return false;
    }
    return true;
  }

  /** The state of all operators, whole; only while nothing is pending. */
  snapshot(): ChainSnapshot {
    const states = new Map<string, readonly StatePart[]>();
    const order = {
      checkpointId: 1,
      isSavepoint: true,
      maxParallelism: MAX_PARALLELISM_DEFAULT,
    };
    for (const [uid, parts] of this.snapshotParts(order)) states.set(uid, parts.finish());
    return states;
  }

  /** What all operators write at once; only while nothing is pending. */
  snapshotParts(order: SnapshotOrder): Map<string, SnapshotParts> {
    const states = new Map<string, SnapshotParts>();
    for (const { uid, operator, outputs } of this.nodes.values()) {
      if (operator === null) continue;
      const parts = new SnapshotParts(order);
      operator.snapshotState(parts);
      outputs.snapshotState(parts);
      states.set(uid, parts);
    }
    return states;
  }

  /** The checkpoint is complete. */
  checkpointCompleted(checkpointId: number): void {
    for (const { operator } of this.nodes.values()) operator?.checkpointCompleted?.(checkpointId);
  }

  /** Gives up all calls; before `close`. */
  async stopCalls(): Promise<void> {
    await closeEach(this.outside.map((calls) => ({ close: () => calls.stop() })));
  }

  async close(): Promise<void> {
    const operators = [...this.nodes.values()].flatMap(({ operator }) => operator ?? []);
    await closeEach(operators);
  }

  private connect(node: OperatorStreamNode | SinkStreamNode, operator: Operator): void {
    const inputs = node.kind === 'sink' ? [node.input] : node.inputs;
    const decidesItself = operator.processIdleness !== undefined;
    assert(inputs.length === 1 || decidesItself, 'one of several inputs does not make it idle');
    const behind = this.node(node.uid).outputs;
    for (const [index, input] of inputs.entries()) {
      if (!this.nodes.has(input.node)) continue;
      const edge = new Edge(operator, index, behind);
      this.node(input.node).outputs.stream(input.stream).edges.push(edge);
    }
  }

  private node(uid: string): ChainNode {
    const node = this.nodes.get(uid);
    assert(node !== undefined, 'inputs name nodes that stand before them');
    return node;
  }
}

/** The whole state of an operator that has one subtask. */
function restoredFrom(parts: readonly StatePart[]): RestoredParts {
  return new RestoredParts([{ subtask: 0, parts }], {
    subtask: 0,
    parallelism: 1,
    maxParallelism: MAX_PARALLELISM_DEFAULT,
  });
}
