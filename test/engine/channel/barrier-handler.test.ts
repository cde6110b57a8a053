import { describe, expect, test } from 'vitest';
import { BarrierHandler } from '../../../src/engine/channel/barrier-handler.ts';
import type { BarrierAction, CheckpointBarrier } from '../../../src/engine/channel/contract.ts';

const barrier = (
  checkpointId: number,
  how: Partial<CheckpointBarrier> = {},
): CheckpointBarrier => ({
  checkpointId,
  isSavepoint: false,
  triggeredAtMs: 0,
  isExactlyOnce: true,
  alignedTimeoutMs: Infinity,
  ...how,
});

const textOf = (action: BarrierAction): string => {
  switch (action.kind) {
    case 'snapshot':
      return `${action.isUnaligned ? 'unaligned' : 'aligned'} ${action.barrier.checkpointId}`;
    case 'in-flight-complete':
      return `in flight ${action.checkpointId}`;
    case 'aborted':
      return `aborted ${action.checkpointId}`;
  }
};

/** A handler of some inputs, asked in words. */
class Asked {
  readonly handler: BarrierHandler;
  private readonly inputs: readonly number[];

  constructor(inputCount: number) {
    this.handler = new BarrierHandler(inputCount);
    this.inputs = Array.from({ length: inputCount }, (_, input) => input);
  }

  receive(input: number, of: CheckpointBarrier, nowMs = 0, isUnaligned = false): string[] {
    return this.handler.received(input, of, { isUnaligned, nowMs }).map(textOf);
  }

  get blocked(): number[] {
    return this.inputs.filter((input) => this.handler.isBlocked(input));
  }
}

describe('aligned', () => {
  test('the snapshot is taken when all inputs have delivered the barrier; they wait until then', () => {
    const asked = new Asked(3);
    expect(asked.receive(1, barrier(7))).toEqual([]);
    expect(asked.receive(0, barrier(7))).toEqual([]);
    expect(asked.blocked).toEqual([0, 1]);
    expect(asked.receive(2, barrier(7))).toEqual(['aligned 7']);
    expect(asked.blocked).toEqual([]);
  });

  test('the only input never waits', () => {
    const asked = new Asked(1);
    expect(asked.receive(0, barrier(1))).toEqual(['aligned 1']);
    expect(asked.receive(0, barrier(2))).toEqual(['aligned 2']);
  });

  test('the delay and the time of alignment are told', () => {
    const { handler } = new Asked(2);
    const of = barrier(1, { triggeredAtMs: 100 });
    handler.received(0, of, { isUnaligned: false, nowMs: 130 });
    expect(handler.received(1, of, { isUnaligned: false, nowMs: 175 })).toMatchObject([
      { startDelayMs: 30, alignmentMs: 45 },
    ]);
  });

  test('a newer barrier ends an older checkpoint, whose other barriers are dropped', () => {
    const asked = new Asked(2);
    asked.receive(0, barrier(1));
    expect(asked.receive(1, barrier(2))).toEqual(['aborted 1']);
    expect(asked.blocked).toEqual([1]);
    expect(asked.receive(1, barrier(1))).toEqual([]);
    expect(asked.receive(0, barrier(2))).toEqual(['aligned 2']);
  });

  test('one that was given up lets inputs go on, and is not begun again', () => {
    const asked = new Asked(2);
    asked.receive(0, barrier(1));
    asked.handler.abort(1);
    expect(asked.blocked).toEqual([]);
    expect(asked.receive(1, barrier(1))).toEqual([]);
    expect(asked.handler.isOver(barrier(1))).toBe(true);
    expect(asked.receive(0, barrier(2))).toEqual([]);
    expect(asked.receive(1, barrier(2))).toEqual(['aligned 2']);
  });

  test('one that was given up before its first barrier is not begun', () => {
    const asked = new Asked(1);
    asked.handler.abort(3);
    expect(asked.receive(0, barrier(3))).toEqual([]);
  });
});

describe('unaligned', () => {
  const atOnce = { alignedTimeoutMs: 0 };

  test('the snapshot is taken at the first barrier, and nobody waits', () => {
    const asked = new Asked(2);
    expect(asked.receive(0, barrier(1, atOnce))).toEqual(['unaligned 1']);
    expect(asked.blocked).toEqual([]);
    expect(asked.handler.isAwaited(1, 1)).toBe(true);
    expect(asked.receive(1, barrier(1, atOnce))).toEqual(['in flight 1']);
  });

  test('with one input all in-flight rows are there at once', () => {
    expect(new Asked(1).receive(0, barrier(1, atOnce))).toEqual(['unaligned 1', 'in flight 1']);
  });

  test('a barrier that has overtaken rows is not waited with', () => {
    const asked = new Asked(2);
    const of = barrier(1, { alignedTimeoutMs: 1000 });
    expect(asked.receive(0, of)).toEqual([]);
    expect(asked.receive(1, of, 5, true)).toEqual(['unaligned 1', 'in flight 1']);
  });

  test('a newer barrier gives up an older one whose rows are still recorded', () => {
    const asked = new Asked(2);
    asked.receive(0, barrier(1, atOnce));
    expect(asked.receive(0, barrier(2, atOnce))).toEqual(['aborted 1', 'unaligned 2']);
    expect(asked.receive(1, barrier(1, atOnce))).toEqual([]);
    expect(asked.receive(1, barrier(2, atOnce))).toEqual(['in flight 2']);
  });
});

describe('aligned for some time', () => {
  const of = barrier(1, { triggeredAtMs: 100, alignedTimeoutMs: 50 });

  test('nothing happens before the time is over', () => {
    const asked = new Asked(2);
    expect(asked.receive(0, of, 149)).toEqual([]);
    expect(asked.handler.waiting).toEqual([of]);
  });

  test('then the snapshot is taken without the others', () => {
    const asked = new Asked(2);
    asked.receive(0, of, 110);
    expect(asked.handler.expired(of, 150).map(textOf)).toEqual(['unaligned 1']);
    expect(asked.blocked).toEqual([]);
    expect(asked.handler.expired(of, 151)).toEqual([]);
    expect(asked.receive(1, of, 160)).toEqual(['in flight 1']);
  });

  test('a barrier that comes too late turns it unaligned by itself', () => {
    expect(new Asked(2).receive(0, of, 150)).toEqual(['unaligned 1']);
  });

  test('one that is only known to wait in a channel may be overdue', () => {
    const asked = new Asked(2);
    expect(asked.handler.expired(of, 150).map(textOf)).toEqual(['unaligned 1']);
  });

  test('one that is over is not', () => {
    const asked = new Asked(1);
    asked.receive(0, of, 110);
    expect(asked.handler.expired(of, 200)).toEqual([]);
  });
});

describe('at least once', () => {
  const loose = (checkpointId: number): CheckpointBarrier =>
    barrier(checkpointId, { isExactlyOnce: false });

  test('no input waits', () => {
    const asked = new Asked(2);
    asked.receive(0, loose(1));
    expect(asked.blocked).toEqual([]);
    expect(asked.receive(1, loose(1))).toEqual(['aligned 1']);
  });

  test('several are counted side by side', () => {
    const asked = new Asked(2);
    asked.receive(0, loose(1));
    asked.receive(0, loose(2));
    expect(asked.receive(1, loose(1))).toEqual(['aligned 1']);
    expect(asked.receive(1, loose(2))).toEqual(['aligned 2']);
  });

  test('of very many the oldest are given up', () => {
    const asked = new Asked(2);
    for (let id = 1; id <= 50; id++) expect(asked.receive(0, loose(id))).toEqual([]);
    expect(asked.receive(0, loose(51))).toEqual(['aborted 1']);
    expect(asked.receive(1, loose(1))).toEqual([]);
  });
});
