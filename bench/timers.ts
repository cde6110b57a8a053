/**
 * What a timer costs, against the plain way to keep them (a binary heap of objects, with a Map of
 * texts so that there is one timer of a key and time): `node --expose-gc scripts/run.js
 * bench/timers.ts [--timers N]`. Register all, move each of them once, fire all. Exit status 1 when
 * a ratio is above what the project promises.
 */
import { parseArgs } from 'node:util';
import { TimerQueue } from '../src/engine/time/timer-queue.ts';
import { describeRun } from './measured-process.ts';

/** Of the plain way, for time and for memory. */
const RATIO_MAX = 1;

interface Timers {
  register(key: number, timeMs: number): void;
  delete(key: number, timeMs: number): void;
  /** Fires the first one; its time. */
  fire(): number;
}

interface PlainTimer {
  readonly key: number;
  readonly timeMs: number;
  isDeleted: boolean;
}

class PlainTimers implements Timers {
  private readonly heap: PlainTimer[] = [];
  private readonly byText = new Map<string, PlainTimer>();

  register(key: number, timeMs: number): void {
    const text = `${key} ${timeMs}`;
    if (this.byText.has(text)) return;
    const timer = { key, timeMs, isDeleted: false };
    this.byText.set(text, timer);
    const { heap } = this;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.timeMs <= timeMs) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  delete(key: number, timeMs: number): void {
    const text = `${key} ${timeMs}`;
    const timer = this.byText.get(text);
    if (timer === undefined) return;
    timer.isDeleted = true;
    this.byText.delete(text);
  }

  fire(): number {
    for (;;) {
      const first = this.pop();
      if (first.isDeleted) continue;
      this.byText.delete(`${first.key} ${first.timeMs}`);
      return first.timeMs;
    }
  }

  private pop(): PlainTimer {
    const { heap } = this;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.timeMs < heap[child]!.timeMs) child++;
      if (heap[child]!.timeMs >= last.timeMs) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

class QueuedTimers implements Timers {
  private readonly queue = new TimerQueue();

  register(key: number, timeMs: number): void {
    this.queue.register(key, timeMs);
  }

  delete(key: number, timeMs: number): void {
    this.queue.delete(key, timeMs);
  }

  fire(): number {
    const { nextMs } = this.queue;
    this.queue.removeNext();
    return nextMs;
  }
}

interface Cost {
  readonly registerNs: number;
  readonly moveNs: number;
  readonly fireNs: number;
  readonly bytes: number;
}

const { values } = parseArgs({ options: { timers: { type: 'string', default: '1000000' } } });
const count = Number(values.timers);
const timeOf = (index: number): number => 1_700_000_000_000 + ((index * 7_919) % 3_600_017);
const moved = (index: number): number => timeOf(index) + 1_800_000;

function memoryBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function measure(create: () => Timers): Cost {
  const before = memoryBytes();
  const timers = create();
  const nsOf = (run: (index: number) => void): number => {
    const startMs = performance.now();
    for (let index = 0; index < count; index++) run(index);
    return ((performance.now() - startMs) * 1e6) / count;
  };
  const registerNs = nsOf((index) => {
    timers.register(index, timeOf(index));
  });
  const bytes = (memoryBytes() - before) / count;
  const moveNs = nsOf((index) => {
    timers.delete(index, timeOf(index));
    timers.register(index, moved(index));
  });
  let lastMs = -Infinity;
  const fireNs = nsOf(() => {
    const timeMs = timers.fire();
    if (timeMs < lastMs) throw new Error('timers fire out of order');
    lastMs = timeMs;
  });
  return { registerNs, moveNs, fireNs, bytes };
}

const costOf = (create: () => Timers): Cost => {
  const costs = [measure(create), measure(create), measure(create)];
  const least = (pick: (cost: Cost) => number): number => Math.min(...costs.map(pick));
  return {
    registerNs: least((cost) => cost.registerNs),
    moveNs: least((cost) => cost.moveNs),
    fireNs: least((cost) => cost.fireNs),
    // What an earlier round has left may be freed in a later one.
    bytes: Math.max(...costs.map((cost) => cost.bytes)),
  };
};

console.log(describeRun());
console.log(`${count} timers of as many keys; the least time of three rounds`);
const plain = costOf(() => new PlainTimers());
const ours = costOf(() => new QueuedTimers());
for (const [name, unit] of [
  ['registerNs', 'ns'],
  ['moveNs', 'ns'],
  ['fireNs', 'ns'],
  ['bytes', 'bytes'],
] as const) {
  const ratio = ours[name] / plain[name];
  console.log(
    `${name.replace('Ns', '').padEnd(8)}  ${ours[name].toFixed(0)} ${unit} a timer, plain ${plain[name].toFixed(0)}: ${ratio.toFixed(2)}  <= ${RATIO_MAX}`,
  );
  if (name === 'bytes' && globalThis.gc === undefined) continue;
  if (ratio > RATIO_MAX) process.exitCode = 1;
}
