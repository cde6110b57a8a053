import { describe, expect, test } from 'vitest';
import { startSource, type StartedSource } from './scripted-source.ts';

async function runToEnd({ task, outputs }: StartedSource): Promise<void> {
  for (let result = task.step(); result !== 'ended'; result = task.step()) {
    outputs.drain();
    // What was waiting is ready after a turn.
    await Promise.resolve();
  }
  outputs.drain();
}

const rowsAlone = (events: readonly string[]): readonly string[] =>
  events.filter((event) => /^\d/.test(event));

describe('a bounded source', () => {
  test('reads the split furthest behind in event time first', async () => {
    const started = await startSource([
      [10, 20, 50],
      [5, 30, 31],
      [40, 41],
    ]);
    await runToEnd(started);
    // Nothing is known of a split before its first row, so each gives one.
    const order = '10 5 40 30 20 50 31 41';
    expect(rowsAlone(started.rows.events).join(' ')).toBe(order);
  });

  test('waits for that split, though others have rows', async () => {
    const started = await startSource([
      [10, 'wait', 12],
      [20, 21],
    ]);
    const { task, rows } = started;
    expect([task.step(), task.step()]).toEqual(['rows', 'rows']);
    expect(task.step()).toBe('waiting');
    expect(rowsAlone(rows.events)).toEqual(['10', '20']);
    await runToEnd(started);
    expect(rowsAlone(rows.events)).toEqual(['10', '20', '12', '21']);
  });

  test('reads more splits than are open at a time, all to their end', async () => {
    const count = 150;
    const started = await startSource(
      Array.from({ length: count }, (_, index) => [1000 - index, 2000]),
    );
    await runToEnd(started);
    const { events } = started.rows;
    expect(rowsAlone(events)).toHaveLength(2 * count);
    expect(events.slice(-2)).toEqual(['watermark Infinity', 'end']);
    // A split that was not begun holds the watermark back.
    const firstRise = events.findIndex((event) => event.startsWith('watermark'));
    expect(rowsAlone(events.slice(0, firstRise))).toContain(String(1000 - (count - 1)));
  });

  test('without splits ends at once', async () => {
    const started = await startSource([]);
    expect(started.task.step()).toBe('ended');
    expect(started.rows.events).toEqual(['watermark Infinity', 'end']);
    expect(started.task.step()).toBe('ended');
    expect(started.rows.events).toHaveLength(2);
  });

  test('closes all its splits', async () => {
    const { task, splits } = await startSource([[1], [2]]);
    task.step();
    await task.close();
    expect(splits.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });

  test('closes its other splits when one fails to close, and says why', async () => {
    const { task, splits } = await startSource([[10], [20], [30]]);
    splits[0]!.closeFailure = new Error('the first');
    splits[1]!.closeFailure = new Error('the second');
    await expect(task.close()).rejects.toThrow('the first');
    expect(splits.map(({ isClosed }) => isClosed)).toEqual([true, true, true]);
  });
});

describe('dead records', () => {
  test('go out before the end, are counted once, and wait for room', async () => {
    const started = await startSource([[-1], [-1, -1], [7]]);
    const { task, dead, rows, counters, outputs } = started;
    dead.room = 0;
    expect(task.step()).toBe('rows');
    expect(rows.events).toEqual([]);
    dead.room = Infinity;
    outputs.drain();
    await runToEnd(started);
    expect(dead.events).toEqual(['events', 'events', 'events', 'end']);
    expect(rowsAlone(rows.events)).toEqual(['7']);
    expect(counters.deadRecords).toBe(3);
  });
});

test('dead records without room go out before the end of a source that is drained', async () => {
  const { task, dead, rows, outputs } = await startSource([[-1, 5, -1, 7, 9]]);
  dead.room = 0;
  for (let step = 0; step < 2; step++) task.step();
  task.drain();
  expect(task.isEnded).toBe(false);
  dead.room = Infinity;
  outputs.drain();
  while (task.step() !== 'ended') outputs.drain();
  outputs.drain();
  expect(dead.events).toEqual(['events', 'events', 'end']);
  expect(rows.events.slice(-2)).toEqual(['watermark Infinity', 'end']);
});

describe('a source that may never end', () => {
  test('goes on without a split that is silent, though another one has rows all the time', async () => {
    const { task, rows, advanceMs } = await startSource(
      [
        [1, 'silent'],
        [10, 20, 30, 40],
      ],
      { idleTimeoutMs: 5 },
    );
    const steps = (count: number): void => {
      for (let step = 0; step < count; step++) task.step();
    };
    steps(3);
    expect(rows.events).toEqual(['1', '10', 'watermark 1', '20']);
    expect(task.idleAtMs()).toBe(5);
    advanceMs(5);
    steps(1);
    expect(rows.events.slice(4)).toEqual(['watermark 20', '30', 'watermark 30']);
    expect(task.idleAtMs()).toBeNull();
  });

  test('is idle when all its splits are, and says so before its next row', async () => {
    const { task, rows, advanceMs, splits } = await startSource(
      [
        [1, 'silent', 7],
        [10, 'silent'],
      ],
      { idleTimeoutMs: 5 },
    );
    while (task.step() !== 'waiting') {
      // Until there is nothing to read.
    }
    advanceMs(5);
    expect(task.step()).toBe('waiting');
    expect(rows.events).toEqual(['1', '10', 'watermark 1', 'watermark 10', 'idle']);
    await splits[0]!.wakeUp();
    expect(task.step()).toBe('rows');
    expect(rows.events.slice(5)).toEqual(['active', '7']);
  });

  test('does not count the time in which nobody asked a split for rows', async () => {
    const { task, rows, advanceMs } = await startSource(
      [
        [1, 2, 'silent'],
        [10, 'silent'],
      ],
      { idleTimeoutMs: 5 },
    );
    task.step();
    advanceMs(100);
    while (task.step() !== 'waiting') {
      // Until there is nothing to read.
    }
    advanceMs(4);
    task.step();
    expect(rows.events).toEqual(['1', '10', 'watermark 1', '2', 'watermark 2']);
  });

  test('with splits that have ended beside one that is silent is idle', async () => {
    const { task, rows, advanceMs } = await startSource([[1], [10, 'silent']], {
      idleTimeoutMs: 5,
    });
    while (task.step() !== 'waiting') {
      // Until there is nothing to read.
    }
    advanceMs(5);
    task.step();
    expect(rows.events).toEqual(['1', '10', 'watermark 1', 'watermark 10', 'idle']);
  });
});
