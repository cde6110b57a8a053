/**
 * Runs a job by hand: rows and watermarks go in when the caller says so, rows of any stream are
 * taken out, and the whole can be snapshotted and restored in between. What `drey pipeline test`
 * and the engine's own tests stand on. Lookup tables that get no rows by hand are read through
 * their connector.
 */
import { assert } from '../errors/assert.ts';
import { EngineError } from '../errors/drey-error.ts';
import type { EvaluationContext } from '../expression/function/contract.ts';
import type { Value } from '../expression/value.ts';
import type { Platform } from '../platform/platform.ts';
import { Batch, type RowSchema } from './batch/batch.ts';
import { ByteBlock } from './batch/byte-block.ts';
import { readValue } from './batch/read-value.ts';
import { writeValue } from './batch/write-value.ts';
import type { DeadRecord, DeadRecordListener } from './connector/contract.ts';
import { failOnDeadRecord } from './connector/dead-record-policy.ts';
import { DeadOutput } from './task/dead-output.ts';
import { JsonDecoder } from './format/json-decoder.ts';
import { createSource } from './connector/create-source.ts';
import type { SourceStreamNode, StreamGraph, StreamInput } from './graph/stream-graph.ts';
import { LinearMemory } from './memory/linear-memory.ts';
import type { LoadedModules } from './process/load-function.ts';
import type { TaskContext } from './operator/task-context.ts';
import { StateReader } from './state/state-reader.ts';
import { StateWriter } from './state/state-writer.ts';
import { Capture, type CaptureColumns, type TakenRow } from './task/capture.ts';
import { OperatorChain, type ChainSnapshot } from './task/operator-chain.ts';
import { SourceRows } from './task/source-rows.ts';
import { SourceTask } from './task/source-task.ts';
import { Wakeup } from './task/wakeup.ts';

export type { TakenRow } from './task/capture.ts';

/** How long answers from outside are waited for, on the real clock. */
const ANSWERS_MAX_MS = 2_000;

export class JobHarness {
  private readonly graph: StreamGraph;
  private readonly platform: Platform;
  private readonly context: TaskContext;
  private readonly watched: readonly StreamInput[];
  private chain: OperatorChain;
  private captures = new Map<string, Capture>();
  private sources = new Map<string, SourceRows>();
  private hasEnded = false;
  /** Called when an answer from outside has come. */
  private readonly wakeup = new Wakeup();

  /**
   * @param watched the streams that rows can be taken from; a sink's name stands for its input
   * @param modules what `loadModules` of the mini cluster gave
   */
  constructor(
    graph: StreamGraph,
    platform: Platform,
    watched: readonly StreamInput[],
    modules: LoadedModules = new Map(),
  ) {
    this.graph = graph;
    this.platform = platform;
    this.watched = watched;
    const evaluation: EvaluationContext = {
      timeZone: graph.timeZone,
      nowMs: () => platform.clock.nowMs(),
      random: () => platform.random.next(),
    };
    this.context = { evaluation, memory: new LinearMemory(), modules };
    this.chain = this.build(null);
  }

  /** Opens the operators; once, before anything else. */
  async start(): Promise<void> {
    await this.open();
  }

  /** Reads the lookup tables that are not in `givenByHand` to their end. */
  async loadTables(givenByHand: ReadonlySet<string>): Promise<void> {
    for (const node of this.graph.nodes) {
      if (node.kind === 'source' && node.isTable && !givenByHand.has(node.uid)) {
        await this.loadTable(node);
      }
    }
  }

  /** Sends rows of physical columns, in order; absent columns are NULL. */
  async send(sourceName: string, rows: readonly Readonly<Record<string, Value>>[]): Promise<void> {
    const node = this.sourceNode(sourceName);
    const batch = new Batch(node.physicalSchema);
    for (const row of rows) {
      if (batch.isFull) {
        await this.pass(sourceName, batch);
        batch.reset();
      }
      const at = batch.rowCount++;
      for (const [index, field] of node.physicalSchema.entries()) {
        writeValue(batch.columns[index]!, at, row[field.name] ?? null);
      }
    }
    await this.pass(sourceName, batch);
  }

  /**
   * Sends rows written as JSON lines, read as the `json` format reads them. One that cannot be read
   * goes the way that the source's `on-error` says; by default that is an InputError.
   */
  async sendJson(sourceName: string, lines: string): Promise<void> {
    const node = this.sourceNode(sourceName);
    const dead: DeadRecord[] = [];
    const listener: DeadRecordListener =
      node.onError === 'fail' ? failOnDeadRecord : (record) => dead.push(record);
    for (const batch of decodeJson(node.physicalSchema, lines, { sourceName, listener })) {
      await this.pass(sourceName, batch);
    }
    if (node.onError !== 'dead-letter') return;
    const output = new DeadOutput(this.chain.outputsOf(sourceName));
    while (dead.length > 0) {
      dead.splice(0, output.emit(dead));
      await this.settle();
    }
  }

  /** Raises the source's watermark; one that is behind has no effect. */
  async sendWatermark(sourceName: string, watermarkMs: number): Promise<void> {
    this.rowsOf(sourceName).raiseTo(0, watermarkMs);
    await this.settle();
  }

  /**
   * Processing time, epoch milliseconds, at which something is due next: a timer of an operator, or
   * a watermark that waits for its interval; Infinity: nothing.
   */
  get nextTimerMs(): number {
    const dueAtMs = [...this.sources.values()].map((rows) => rows.dueAtMs);
    return Math.min(this.chain.nextTimerMs, this.chain.nextDueMs, ...dueAtMs);
  }

  /** Does what is due at the time that the platform's clock has come to. */
  async processTimers(): Promise<void> {
    for (const rows of this.sources.values()) {
      rows.emitDue();
      await this.settle();
    }
    await this.settle();
    this.chain.processTimers(this.platform.clock.nowMs());
    await this.settle();
  }

  /** Waits for the answers of calls to the outside; some may still be under way afterwards. */
  async finishCalls(): Promise<void> {
    while (this.chain.callsUnderWay > 0) {
      if (!(await this.nextAnswer())) return;
      await this.settle();
    }
  }

  /** Ends all sources: every window fires. Idempotent. */
  async end(): Promise<void> {
    if (this.hasEnded) return;
    this.hasEnded = true;
    for (const [name, rows] of this.sources) {
      rows.emitFinalWatermark();
      this.chain.outputsOf(name).end();
    }
    await this.settle();
  }

  /** The rows of a watched stream since the last call. */
  take(stream: StreamInput): readonly TakenRow[] {
    const capture = this.captures.get(keyOf(stream));
    assert(capture !== undefined, 'rows are taken from watched streams');
    return capture.rows.splice(0);
  }

  /** Rows that were late at this node since the start. */
  lateRecords(nodeName: string): number {
    return this.chain.countersOf(nodeName).lateRecords;
  }

  /** Replaces every operator by a new one that starts from its predecessor's snapshot. */
  async snapshotAndRestore(): Promise<void> {
    const states = this.chain.snapshot();
    const sourceStates = new Map<string, Uint8Array>();
    for (const [name, rows] of this.sources) {
      const writer = new StateWriter();
      writer.float64(rows.progress.combinedMs);
      rows.snapshotSplit(0, writer);
      sourceStates.set(name, writer.finish());
    }
    await this.close();
    this.chain = this.build(states);
    await this.open();
    for (const [name, rows] of this.sources) {
      const state = sourceStates.get(name);
      if (state === undefined) continue;
      const reader = new StateReader(state);
      const combinedMs = reader.float64();
      rows.restoreSplit(0, reader);
      rows.restoreProgress(combinedMs);
      rows.announce();
    }
    await this.settle();
  }

  async close(): Promise<void> {
    await this.chain.stopCalls();
    await this.chain.close();
  }

  private async open(): Promise<void> {
    await this.chain.startCalls(() => {
      this.wakeup.call();
    });
    this.chain.open();
    await this.settle();
  }

  private build(restored: ChainSnapshot | null): OperatorChain {
    const before = this.captures;
    this.captures = new Map();
    const chain = new OperatorChain(
      this.graph,
      this.context,
      (node) => {
        const schema = node.columns.map((index) => node.inputSchema[index]!.name);
        return this.capture({ node: node.uid, stream: 'main' }, before, {
          columns: node.columns,
          names: schema,
        });
      },
      restored,
    );
    for (const stream of this.watched) {
      if (this.captures.has(keyOf(stream))) continue;
      chain.attach(stream, this.capture(stream, before, null));
    }
    this.sources = new Map();
    for (const node of this.graph.nodes) {
      if (node.kind !== 'source') continue;
      const output = chain.outputsOf(node.uid).main;
      this.sources.set(node.uid, new SourceRows(node, 1, this.context.evaluation, output));
    }
    return chain;
  }

  private capture(
    stream: StreamInput,
    before: ReadonlyMap<string, Capture>,
    selected: CaptureColumns | null,
  ): Capture {
    const key = keyOf(stream);
    const capture = new Capture(before.get(key)?.rows ?? [], selected);
    this.captures.set(key, capture);
    return capture;
  }

  private async pass(sourceName: string, batch: Batch): Promise<void> {
    this.rowsOf(sourceName).emit(0, 'test input', batch);
    await this.settle();
  }

  /** Captures take everything, so nothing but an answer is waited for. */
  private async settle(): Promise<void> {
    while (!this.chain.drain()) {
      assert(this.chain.isHeldUp, 'a harness has no full sink');
      if (await this.nextAnswer()) continue;
      throw new EngineError(
        'DREY_ASYNC_TIMEOUT',
        `no call was answered within ${ANSWERS_MAX_MS} ms, and no more rows may be in flight`,
        { hint: 'Let the module of the async node answer, or send fewer rows in a step.' },
      );
    }
  }

  /** False: none came, on the real clock. */
  private async nextAnswer(): Promise<boolean> {
    let hasCome = true;
    const timer = this.platform.timers.after(ANSWERS_MAX_MS, () => {
      hasCome = false;
      this.wakeup.call();
    });
    await this.wakeup.sleep();
    timer.cancel();
    return hasCome;
  }

  private async loadTable(node: SourceStreamNode): Promise<void> {
    const wakeup = new Wakeup();
    const failures: unknown[] = [];
    const deadRecords: DeadRecord[] = [];
    const { memory } = this.context;
    const task = new SourceTask({
      node,
      source: createSource(node, { platform: this.platform, memory }, deadRecords),
      outputs: this.chain.outputsOf(node.uid),
      counters: this.chain.countersOf(node.uid),
      context: this.context,
      clock: this.platform.clock,
      deadRecords,
      wake: (failure) => {
        if (failure !== null) failures.push(failure);
        wakeup.call();
      },
    });
    try {
      await task.open();
      for (let result = task.step(); result !== 'ended'; result = task.step()) {
        await this.settle();
        if (result === 'waiting') await wakeup.sleep();
        if (failures.length > 0) throw failures[0];
      }
    } finally {
      await task.close();
    }
    this.sources.delete(node.uid);
  }

  private rowsOf(sourceName: string): SourceRows {
    const rows = this.sources.get(sourceName);
    assert(rows !== undefined, 'rows are sent to sources of the job');
    return rows;
  }

  private sourceNode(name: string): SourceStreamNode {
    const node = this.graph.nodes.find((candidate) => candidate.uid === name);
    assert(node?.kind === 'source', 'rows are sent to sources of the job');
    return node;
  }
}

/**
 * Values of JSON lines under a schema, as the `json` format reads them; columns that a line leaves
 * out are NULL. Throws InputErrors.
 */
export function readJsonRows(
  schema: RowSchema,
  lines: string,
): readonly Readonly<Record<string, Value>>[] {
  const rows: Record<string, Value>[] = [];
  const expectations = { sourceName: 'expect', listener: failOnDeadRecord };
  const optional = schema.map(({ name, type }) => ({ name, type: { ...type, nullable: true } }));
  for (const batch of decodeJson(optional, lines, expectations)) {
    for (let row = 0; row < batch.rowCount; row++) {
      const values: Record<string, Value> = {};
      for (const [index, field] of schema.entries()) {
        values[field.name] = readValue(batch.columns[index]!, row);
      }
      rows.push(values);
    }
  }
  return rows;
}

/** The rows of a text in batches; each is valid until the next one is asked for. */
function* decodeJson(
  schema: RowSchema,
  lines: string,
  unreadable: { readonly sourceName: string; readonly listener: DeadRecordListener },
): Generator<Batch> {
  const content = new TextEncoder().encode(lines);
  const block = new ByteBlock(content.length * 2 + 1);
  block.bytes.set(content);
  const decoder = new JsonDecoder({
    schema,
    failOnMissingField: false,
    timestampFormat: 'SQL',
    memory: null,
  });
  const batch = new Batch(schema);
  const scratchFrom = content.length + 1;
  let line = 1;
  for (let from = 0; from < content.length;) {
    batch.reset();
    const result = decoder.decode({ block, from, to: content.length, scratchFrom, batch });
    from = result.next;
    line += result.lineCount;
    if (batch.rowCount > 0) yield batch;
    if (result.unreadable === null) continue;
    const { start, end, next, column, reason } = result.unreadable;
    unreadable.listener({
      code: 'DREY_RECORD_UNREADABLE',
      source: unreadable.sourceName,
      split: 'test input',
      position: line++,
      unit: 'row',
      column,
      reason,
      raw: block.bytes.slice(start, end),
    });
    from = next;
  }
}

function keyOf(stream: StreamInput): string {
  return `${stream.node}.${stream.stream}`;
}
