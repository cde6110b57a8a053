import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../src/engine/batch/batch.ts';
import type { Operator } from '../../../src/engine/operator/contract.ts';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { Edge, NodeOutputs } from '../../../src/engine/task/edge.ts';
import { batchOf, field } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';

const schema = [field('id', types.int)];

/** Writes down every call, and does the first of each only when it is let. */
class Consumer implements Operator {
  readonly calls: string[] = [];
  isBlocked = false;

  open(): void {
    // Has no outputs.
  }

  processBatch(batch: Batch, input: number): boolean {
    return this.note(`batch of ${batch.rowCount} to ${input}`);
  }

  processWatermark(watermarkMs: number, input: number): boolean {
    return this.note(`watermark ${watermarkMs} to ${input}`);
  }

  endInput(input: number): boolean {
    return this.note(`end to ${input}`);
  }

  snapshotState(): void {
    // Keeps nothing.
  }

  restoreState(): void {
    // Keeps nothing.
  }

  close(): void {
    // Holds nothing.
  }

  protected note(call: string): boolean {
    this.calls.push(this.isBlocked ? `${call}, refused` : call);
    return !this.isBlocked;
  }
}

/** As Consumer, with more than one input for all that the edge knows. */
class DecidingConsumer extends Consumer {
  processIdleness(isIdle: boolean, input: number): boolean {
    return this.note(`${isIdle ? 'idle' : 'active'} to ${input}`);
  }
}

const batchWith = (rowCount: number): Batch =>
  batchOf(
    schema,
    Array.from({ length: rowCount }, (_, id) => [id]),
  );

describe('an edge', () => {
  test('calls the consumer at once while it takes what comes', () => {
    const consumer = new Consumer();
    const edge = new Edge(consumer, 1);
    edge.emit(batchWith(2));
    edge.emitWatermark(5);
    edge.end();
    expect(edge.isFull).toBe(false);
    expect(consumer.calls).toEqual(['batch of 2 to 1', 'watermark 5 to 1', 'end to 1']);
  });

  test('repeats a refused call until it is done, and keeps the order behind it', () => {
    const consumer = new Consumer();
    const edge = new Edge(consumer, 0);
    consumer.isBlocked = true;
    edge.emit(batchWith(1));
    edge.emitWatermark(5);
    edge.end();
    expect(edge.isFull).toBe(true);
    expect(edge.drain()).toBe(false);
    consumer.isBlocked = false;
    expect(edge.drain()).toBe(true);
    expect(edge.isFull).toBe(false);
    expect(consumer.calls).toEqual([
      'batch of 1 to 0, refused',
      'batch of 1 to 0, refused',
      'batch of 1 to 0',
      'watermark 5 to 0',
      'end to 0',
    ]);
    expect(edge.drain()).toBe(true);
    expect(consumer.calls).toHaveLength(5);
  });

  test('takes no batch while it is full', () => {
    const consumer = new Consumer();
    const edge = new Edge(consumer, 0);
    consumer.isBlocked = true;
    edge.emitWatermark(5);
    expect(() => edge.emit(batchWith(1))).toThrow('a full output takes no batch');
  });
});

describe('idleness', () => {
  test('passes by a target that does not decide for itself, behind what is pending', () => {
    const [consumer, next] = [new Consumer(), new DecidingConsumer()];
    const behind = new NodeOutputs(new NodeCounters());
    behind.main.edges.push(new Edge(next, 0));
    const edge = new Edge(consumer, 0, behind);
    consumer.isBlocked = true;
    edge.emit(batchWith(1));
    edge.emitIdleness(true);
    expect(next.calls).toEqual([]);
    consumer.isBlocked = false;
    edge.drain();
    expect(next.calls).toEqual(['idle to 0']);
  });

  test('is repeated until a target that decides for itself has taken it', () => {
    const consumer = new DecidingConsumer();
    const edge = new Edge(consumer, 1);
    consumer.isBlocked = true;
    edge.emitIdleness(true);
    edge.emitIdleness(false);
    consumer.isBlocked = false;
    expect(edge.drain()).toBe(true);
    expect(consumer.calls).toEqual(['idle to 1, refused', 'idle to 1', 'active to 1']);
  });
});

describe('the outputs of a node', () => {
  test('are full and drained when all consumers are', () => {
    const outputs = new NodeOutputs(new NodeCounters());
    const [quick, slow, aside] = [new Consumer(), new Consumer(), new Consumer()];
    outputs.main.edges.push(new Edge(quick, 0), new Edge(slow, 0));
    outputs.stream('late').edges.push(new Edge(aside, 0));
    slow.isBlocked = true;
    aside.isBlocked = true;
    outputs.main.emit(batchWith(3));
    outputs.side('late')?.emitWatermark(9);
    expect(outputs.main.isFull).toBe(true);
    slow.isBlocked = false;
    expect(outputs.drain()).toBe(false);
    expect(outputs.main.isFull).toBe(false);
    aside.isBlocked = false;
    expect(outputs.drain()).toBe(true);
    expect(quick.calls).toEqual(['batch of 3 to 0']);
    expect(slow.calls).toEqual(['batch of 3 to 0, refused', 'batch of 3 to 0']);
  });

  test('are full while something is pending behind a consumer', () => {
    const behind = new NodeOutputs(new NodeCounters());
    const last = new Consumer();
    behind.main.edges.push(new Edge(last, 0));
    const outputs = new NodeOutputs(new NodeCounters());
    outputs.main.edges.push(new Edge(new Consumer(), 0, behind));
    last.isBlocked = true;
    behind.main.emit(batchWith(3));
    expect(outputs.main.isFull).toBe(true);
    expect(outputs.isFull).toBe(true);
    last.isBlocked = false;
    behind.drain();
    expect(outputs.isFull).toBe(false);
  });

  test('count the rows of the main stream once, however many read them', () => {
    const counters = new NodeCounters();
    const outputs = new NodeOutputs(counters);
    outputs.main.edges.push(new Edge(new Consumer(), 0), new Edge(new Consumer(), 0));
    outputs.stream('late').edges.push(new Edge(new Consumer(), 0));
    outputs.main.emit(batchWith(3));
    outputs.stream('late').emit(batchWith(2));
    expect(counters.recordsOut).toBe(3);
  });

  test('have a side stream only when somebody asked for it', () => {
    const outputs = new NodeOutputs(new NodeCounters());
    expect(outputs.side('late')).toBeNull();
    const stream = outputs.stream('late');
    expect(outputs.side('late')).toBe(stream);
    expect(outputs.stream('main')).toBe(outputs.main);
  });
});
