import { describe, expect, test } from 'vitest';
import { ReadySubtasks, type PickSubtask } from '../../../src/engine/task/ready-subtasks.ts';

/** More than two words of bits. */
const COUNT = 70;

class Idle {
  readonly place: { readonly vertexId: string; readonly subtask: number };
  readonly sources: { isHeldBack: boolean }[] = [];
  canRun = false;
  askedCount = 0;

  constructor(subtask: number) {
    this.place = { vertexId: 'v', subtask };
  }

  get isRunnable(): boolean {
    this.askedCount++;
    return this.canRun;
  }
}

function idleOnes(pick: PickSubtask | null): { ready: ReadySubtasks<Idle>; all: Idle[] } {
  const ready = new ReadySubtasks<Idle>(pick);
  const all = Array.from({ length: COUNT }, () => new Idle(ready.register()));
  ready.start(all);
  return { ready, all };
}

describe('of the subtasks that can step', () => {
  test('the one nearest to the sinks does', () => {
    const { ready, all } = idleOnes(null);
    for (const number of [3, 31, 32, 64]) all[number]!.canRun = true;
    for (const number of [64, 32, 31, 3]) {
      expect(ready.next()).toBe(all[number]);
      all[number]!.canRun = false;
    }
    expect(ready.next()).toBeNull();
  });

  test('sources take turns, behind all that have got rows', () => {
    const { ready, all } = idleOnes(null);
    for (const number of [2, 7, 40]) {
      all[number]!.canRun = true;
      all[number]!.sources.push({ isHeldBack: false });
    }
    const steps = (count: number): readonly (number | undefined)[] =>
      Array.from({ length: count }, () => ready.next()?.place.subtask);
    expect(steps(5)).toEqual([40, 7, 2, 40, 7]);
    all[5]!.canRun = true;
    ready.add(5);
    expect(steps(2)).toEqual([5, 5]);
    all[5]!.canRun = false;
    expect(steps(3)).toEqual([2, 40, 7]);
  });

  test('it goes on as long as it can', () => {
    const { ready, all } = idleOnes(null);
    all[5]!.canRun = true;
    expect(ready.next()).toBe(all[5]);
    expect(ready.next()).toBe(all[5]);
    ready.add(6);
    all[6]!.canRun = true;
    expect(ready.next()).toBe(all[6]);
  });

  test('the function that picks is given all, those downstream first', () => {
    const seen: (readonly number[])[] = [];
    const { ready, all } = idleOnes((runnable) => {
      seen.push(runnable.map(({ subtask }) => subtask));
      return 1;
    });
    for (const number of [0, 33, 69]) all[number]!.canRun = true;
    expect(ready.next()).toBe(all[33]);
    expect(ready.next()).toBe(all[33]);
    expect(seen).toEqual([
      [69, 33, 0],
      [69, 33, 0],
    ]);
  });
});

describe('a subtask that cannot step', () => {
  test('is asked again only when something has happened to it', () => {
    const { ready, all } = idleOnes(null);
    expect(ready.next()).toBeNull();
    expect(ready.next()).toBeNull();
    expect(all.map(({ askedCount }) => askedCount)).toEqual(all.map(() => 1));
    ready.add(40);
    all[40]!.canRun = true;
    expect(ready.next()).toBe(all[40]);
    expect(all[41]!.askedCount).toBe(1);
  });

  test('is asked each time while its source waits for others to come on', () => {
    const { ready, all } = idleOnes(null);
    const source = { isHeldBack: true };
    all[7]!.sources.push(source);
    expect(ready.next()).toBeNull();
    expect(ready.next()).toBeNull();
    expect(all[7]!.askedCount).toBe(2);
    source.isHeldBack = false;
    expect(ready.next()).toBeNull();
    expect(ready.next()).toBeNull();
    expect(all[7]!.askedCount).toBe(3);
  });
});
