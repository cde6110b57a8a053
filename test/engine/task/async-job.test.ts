import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AsyncContext } from '../../../src/engine/async/async-function.ts';
import type { JobSummary } from '../../../src/engine/minicluster.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import { runs } from '../../support/property-runs.ts';
import { outputOf, startSimulated } from '../../support/simulated-job.ts';

/** What a module of these tests can do: wait in the time of the simulation. */
interface World {
  pause(ms: number): Promise<void>;
  platform: SimulatedPlatform | null;
}

interface AsyncJob {
  readonly async?: string;
  /** Behind the node `t`, which `out` reads. */
  readonly transforms?: string;
  readonly lines: string;
  readonly module: (world: World) => unknown;
  readonly seed?: number;
}

type Row = { readonly id: number };

const lineOf = (id: number, ts = id): string => `{"id":${id},"ts":${ts},"name":"n${id}"}\n`;
const linesTo = (count: number): string =>
  Array.from({ length: count }, (_value, id) => lineOf(id)).join('');

function pipelineOf({ async = '', transforms = 't: { from: calls }' }: AsyncJob): string {
  return `pipeline: { name: job }
sources:
  s: { connector: filesystem, path: in.jsonl, format: json, columns: { id: INT, ts: BIGINT, name: STRING, at: "AS TO_TIMESTAMP_LTZ(ts, 3)" }, watermark: { column: at } }
transforms:
  calls:
    from: s
    async: { module: ./call.js, columns: { answer: STRING }${async} }
  ${transforms}
sinks:
  out: { from: t, connector: print }
`;
}

async function start(job: AsyncJob) {
  const world: World = {
    platform: null,
    pause: (ms) =>
      new Promise((resolve) => {
        world.platform!.timers.after(ms, resolve);
      }),
  };
  const modules = { '/work/call.js': job.module(world) };
  const files = { 'in.jsonl': job.lines };
  const started = await startSimulated(
    { pipeline: pipelineOf(job), files },
    { seed: job.seed ?? 1, modules },
  );
  world.platform = started.platform;
  return started;
}

function run(job: AsyncJob): Promise<{ summary: JobSummary; rows: readonly string[] }> {
  return withRealWorldShut(async () => {
    const { platform, handle } = await start(job);
    const summary = await platform.drive(handle.done);
    return { summary, rows: outputOf(platform).split('\n').slice(0, -1) };
  });
}

const answers = (count: number): readonly string[] =>
  Array.from({ length: count }, (_value, id) => `${id} a${id}`);
const idsAndAnswers = (rows: readonly string[]): readonly string[] =>
  rows.map((row) => {
    const { id, answer } = JSON.parse(row) as { id: number; answer: string };
    return `${id} ${answer}`;
  });

test('a job waits for the rows in flight, in order', async () => {
  const { summary, rows } = await run({
    lines: linesTo(50),
    module: (world) => async (row: Row) => {
      await world.pause(500 - row.id * 10);
      return { answer: `a${row.id}` };
    },
  });
  expect(summary).toMatchObject({ state: 'FINISHED', recordsIn: 50, recordsOut: 50 });
  expect(idsAndAnswers(rows)).toEqual(answers(50));
});

test('a full capacity holds the job up, and an answer lets it go on', async () => {
  let most = 0;
  let now = 0;
  const { rows } = await run({
    async: ', capacity: 7',
    lines: linesTo(5_000),
    module: (world) => async (row: Row) => {
      most = Math.max(most, ++now);
      await world.pause(1 + (row.id % 3));
      now--;
      return { answer: `a${row.id}` };
    },
  });
  expect(most).toBe(7);
  expect(idsAndAnswers(rows)).toEqual(answers(5_000));
});

test('a sink that is full all the time loses and repeats nothing', async () => {
  const text = 'x'.repeat(30_000);
  const { rows } = await run({
    async: ', capacity: 40, order: unordered',
    lines: linesTo(300),
    module: (world) => async (row: Row) => {
      await world.pause(row.id % 17);
      return { answer: text };
    },
  });
  const ids = rows.map((row) => (JSON.parse(row) as Row).id);
  expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_value, id) => id));
});

describe('a window behind the calls', () => {
  const transforms = `t: { from: calls, window: { type: tumble, size: 1s }, aggregate: { n: COUNT(*), answers: COUNT(DISTINCT answer) } }`;

  test.each(['ordered', 'unordered'])('counts what it counted without them (%s)', async (order) => {
    const step = fc.record({ ts: fc.nat({ max: 5_000 }), delayMs: fc.nat({ max: 400 }) });
    const input = fc.record({ steps: fc.array(step, { maxLength: 60 }), seed: fc.nat() });
    await fc.assert(
      fc.asyncProperty(input, async ({ steps, seed }) => {
        const lines = steps.map(({ ts }, id) => lineOf(id, ts)).join('');
        const job = { lines, transforms, seed, async: `, capacity: 9, order: ${order}` };
        const quick = await run({
          ...job,
          module:
            () =>
            ({ id }: Row) => ({ answer: `${id}` }),
        });
        const slow = await run({
          ...job,
          module:
            (world) =>
            async ({ id }: Row) => {
              await world.pause(steps[id]!.delayMs);
              return { answer: `${id}` };
            },
        });
        expect(slow.rows).toEqual(quick.rows);
        expect(slow.summary.lateRecords).toBe(quick.summary.lateRecords);
        let watermarkMs = -Infinity;
        let lateCount = 0;
        for (const { ts } of steps) {
          if (ts - (ts % 1_000) + 999 <= watermarkMs) lateCount++;
          watermarkMs = Math.max(watermarkMs, ts);
        }
        expect(slow.summary.lateRecords).toBe(lateCount);
      }),
      { numRuns: runs(12) },
    );
  });
});

test('two nodes with calls, one behind the other', async () => {
  const { rows } = await run({
    async: ', capacity: 3',
    transforms: `mid: { from: calls, where: id <> 5, select: { id: id, first: answer } }
  t: { from: mid, async: { module: ./call.js, columns: { answer: STRING }, capacity: 2, order: unordered } }`,
    lines: linesTo(40),
    module: (world) => async (row: Row) => {
      await world.pause(row.id % 7);
      return { answer: `a${row.id}` };
    },
  });
  const expected = answers(40).filter((text) => text !== '5 a5');
  expect(idsAndAnswers(rows).toSorted()).toEqual(expected.toSorted());
});

test('a node that waits for the one behind it looks at its own answers meanwhile', async () => {
  const tried: number[] = [];
  const { rows } = await run({
    async: ', capacity: 5, retry: { attempts: 1, delay: 100ms }',
    transforms:
      't: { from: calls, async: { module: ./call.js, columns: { second: STRING }, capacity: 1 } }',
    lines: linesTo(5),
    module: (world) => async (row: Row, context: AsyncContext) => {
      await world.pause(context.node === 't' ? 1_000 : 10);
      if (context.node === 'calls' && row.id === 3) {
        tried.push(context.currentProcessingTime());
        if (context.attempt === 1) throw new Error('busy');
      }
      return context.node === 't' ? { second: 'b' } : { answer: `a${row.id}` };
    },
  });
  expect(tried[1]! - tried[0]!).toBeLessThan(150);
  expect(idsAndAnswers(rows)).toEqual(answers(5));
});

test('what fails is tried again, after pauses', async () => {
  const calledAt: number[] = [];
  const { rows } = await run({
    async: ', retry: { attempts: 2, delay: 1s, backoff: exponential }',
    lines: linesTo(1),
    module: (world) => async (row: Row, context: AsyncContext) => {
      calledAt.push(context.currentProcessingTime());
      await world.pause(0);
      if (context.attempt < 3) throw new Error('busy');
      return { answer: `a${row.id}` };
    },
  });
  expect(calledAt.map((ms) => ms - calledAt[0]!)).toEqual([0, 1_000, 3_000]);
  expect(idsAndAnswers(rows)).toEqual(answers(1));
});

describe('a job fails', () => {
  const failing = (job: Partial<AsyncJob>): Promise<unknown> =>
    run({ lines: linesTo(3), module: () => () => null, ...job });

  test('with the row whose call failed, and closes the module', async () => {
    let isClosed = false;
    const module = () => ({
      invoke: (row: Row) =>
        row.id === 1 ? Promise.reject(new Error('no route')) : Promise.resolve(null),
      close: () => {
        isClosed = true;
      },
    });
    await expect(failing({ module })).rejects.toMatchObject({
      code: 'DREY_ASYNC_FAILED',
      message: 'calls, row 2: the call failed: no route',
    });
    expect(isClosed).toBe(true);
  });

  test('when no answer comes, and tells the call', async () => {
    const signals: AbortSignal[] = [];
    const module = () => (_row: Row, context: AsyncContext) => {
      signals.push(context.signal);
      return new Promise<never>(() => undefined);
    };
    await expect(failing({ module })).rejects.toMatchObject({
      code: 'DREY_ASYNC_TIMEOUT',
      message: 'calls, row 1: no answer within 5s',
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  });

  test('when the module is not there', async () => {
    const lines = linesTo(1);
    const started = startSimulated(
      { pipeline: pipelineOf({ lines, module: () => null }), files: { 'in.jsonl': lines } },
      { seed: 1 },
    );
    await expect(started).rejects.toMatchObject({
      code: 'DREY_MODULE_NOT_FOUND',
      message: 'calls: there is no module /work/call.js',
    });
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'there is none'],
    ['no invoke', {}, 'it has no invoke'],
    ['a wrong timeout', { invoke: () => null, timeout: 5 }, 'timeout is no function'],
  ])('when the module exports %s', async (_name, exported, why) => {
    await expect(failing({ module: () => exported })).rejects.toMatchObject({
      code: 'DREY_MODULE_EXPORT',
      message: `calls: the default export of ./call.js is none for async: ${why}`,
    });
  });

  test.each(['open', 'close'])('when %s does', async (name) => {
    const module = () => ({
      invoke: () => null,
      [name]: () => Promise.reject(new Error('no such table')),
    });
    await expect(failing({ module })).rejects.toMatchObject({
      code: 'DREY_MODULE_FAILED',
      message: `calls: ${name} of ./call.js failed: no such table`,
    });
  });
});

test('a job that is stopped gives up its calls', async () => {
  await withRealWorldShut(async () => {
    for (const capacity of [2, 100]) {
      const signals: AbortSignal[] = [];
      const { platform, handle } = await start({
        async: `, capacity: ${capacity}`,
        lines: linesTo(5),
        module: () => (_row: Row, context: AsyncContext) => {
          signals.push(context.signal);
          return new Promise<never>(() => undefined);
        },
      });
      platform.timers.after(2_000, () => {
        handle.stop();
      });
      expect(await platform.drive(handle.done)).toMatchObject({ state: 'CANCELED' });
      expect(signals.length).toBe(Math.min(capacity, 5));
      expect(signals.every(({ aborted }) => aborted)).toBe(true);
    }
  });
});

test('answers are shown when they come, and not with the next row', () =>
  withRealWorldShut(async () => {
    let platform: SimulatedPlatform | null = null;
    const invoke = async () => {
      await new Promise<void>((resolve) => platform!.timers.after(100, resolve));
      return { answer: 'a' };
    };
    const pipeline = `pipeline: { name: slow }
sources:
  s: { connector: datagen, rows-per-second: 1, number-of-rows: 3, columns: { id: INT } }
transforms:
  calls: { from: s, async: { module: ./call.js, columns: { answer: STRING } } }
sinks:
  out: { from: calls, connector: print }
`;
    const started = await startSimulated(
      { pipeline, files: {} },
      { seed: 1, modules: { '/work/call.js': invoke } },
    );
    ({ platform } = started);
    const shown: number[] = [];
    for (const atMs of [50, 150, 1_050, 1_150]) {
      platform.timers.after(atMs, () => {
        shown.push(outputOf(started.platform).split('\n').length - 1);
      });
    }
    await platform.drive(started.handle.done);
    expect(shown).toEqual([0, 1, 1, 2]);
  }));

test('a module may export a class', async () => {
  class Calls {
    prefix = '';
    open(): void {
      this.prefix = 'a';
    }
    invoke({ id }: Row): Promise<{ answer: string }> {
      return Promise.resolve({ answer: this.prefix + String(id) });
    }
  }
  const { rows } = await run({ lines: linesTo(3), module: () => Calls });
  expect(idsAndAnswers(rows)).toEqual(answers(3));
});

test('modules have fields of their own by node', async () => {
  const module = () => ({
    count: 0,
    invoke(this: { count: number }) {
      return { answer: `${++this.count}` };
    },
  });
  const shared = module();
  const first = await run({ lines: linesTo(2), module: () => shared });
  const second = await run({ lines: linesTo(2), module: () => shared });
  expect(second.rows).toEqual(first.rows);
  expect(shared.count).toBe(0);
});
