import { describe, expect, test } from 'vitest';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import {
  jobFolder,
  outputOf,
  runSimulated,
  startSimulated,
  type SimulatedJob,
} from '../../support/simulated-job.ts';

const outFolder = `${jobFolder}/out`;
const BASE_MS = 1_700_000_000_000;

interface JobParts {
  /** Where events come from and how. */
  readonly source?: string;
  readonly transforms?: string;
  readonly sinks?: string;
}

const printSink = 'rows: { from: passed, connector: print }';
const fileSink = 'rows: { from: passed, connector: filesystem, path: out, format: json }';
const eventsFile = `connector: filesystem
    path: events.jsonl
    format: json`;
const generated = `connector: datagen
    rows-per-second: 1000000
    number-of-rows: 60
    fields.id.kind: sequence
    fields.id.start: 0
    fields.id.end: 59`;
const passed = 'passed: { from: events, where: id >= 0 }';
/** Refuses a row that it has no place for, so a row that meets half a table is seen. */
const placed =
  'passed: { from: events, lookup: { table: places, on: { id: id }, select: [place], missing: fail } }';

function pipelineOf({
  source = eventsFile,
  transforms = passed,
  sinks = printSink,
}: JobParts): string {
  const places = transforms.includes('places')
    ? `
  places:
    connector: filesystem
    path: places
    format: json
    columns: { id: BIGINT, place: STRING }
    primary-key: [id]`
    : '';
  return `
pipeline: { name: job }
sources:
  events:
    ${source}
    columns: { id: BIGINT, ts: BIGINT }${places}
transforms:
  ${transforms}
sinks:
  ${sinks}
`;
}

function eventLines(count: number, more = ''): string {
  return Array.from(
    { length: count },
    (_, id) => `{"id":${id},"ts":${BASE_MS + id}${more}}\n`,
  ).join('');
}

function placeLines(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => {
    const id = from + index;
    return `{"id":${id},"place":"p${id}"}\n`;
  }).join('');
}

function jobOf(parts: JobParts, files: SimulatedJob['files']): SimulatedJob {
  return { pipeline: pipelineOf(parts), files };
}

/** Names in the folder of the file sink, hidden ones too. */
function leftInFolder(platform: SimulatedPlatform): readonly string[] {
  return platform.disk.find(outFolder) === null ? [] : platform.disk.list(outFolder);
}

/** A few files of events and of places, so that there are many moments to stop or fail at. */
const placedFiles = {
  'events.jsonl': eventLines(60),
  'places/a.jsonl': placeLines(0, 20),
  'places/b.jsonl': placeLines(20, 40),
  'places/c.jsonl': placeLines(40, 60),
};

describe('a job that is stopped', () => {
  async function stopAfter(job: SimulatedJob, steps: number) {
    const { platform, handle } = await startSimulated(job, { seed: steps });
    for (let step = 0; step < steps; step++) await platform.scheduler.step();
    handle.stop();
    handle.stop();
    return { platform, summary: await platform.drive(handle.done) };
  }

  test('ends at any moment as CANCELED, with rows of the whole table only', async () => {
    const job = jobOf({ transforms: placed }, placedFiles);
    const all = await runSimulated(job, { seed: 1 });
    const states = new Set<string>();
    for (let steps = 0; steps < 80; steps++) {
      const { platform, summary } = await stopAfter(job, steps);
      states.add(summary.state);
      expect(all.output.startsWith(outputOf(platform)), `${steps} steps`).toBe(true);
      expect(platform.files.openFiles, `${steps} steps`).toBe(0);
    }
    expect([...states].sort()).toEqual(['CANCELED', 'FINISHED']);
  });

  test('gives no row to a table that is half read', async () => {
    const job = jobOf({ source: generated, transforms: placed }, placedFiles);
    for (let steps = 0; steps < 80; steps++) {
      const { summary } = await stopAfter(job, steps);
      expect(['CANCELED', 'FINISHED'], `${steps} steps`).toContain(summary.state);
    }
  });

  test('leaves no file of a filesystem sink, finished or begun', async () => {
    const job = jobOf(
      { sinks: fileSink },
      { 'events.jsonl': eventLines(30_000, ',"more":"events"') },
    );
    let canceled = 0;
    for (let steps = 0; steps < 60; steps += 3) {
      const { platform, summary } = await stopAfter(job, steps);
      expect(platform.files.openFiles, `${steps} steps`).toBe(0);
      if (summary.state !== 'CANCELED') continue;
      canceled++;
      expect(leftInFolder(platform), `${steps} steps`).toEqual([]);
    }
    expect(canceled).toBeGreaterThan(5);
  });
});

describe('a job whose output is closed', () => {
  test('ends as CANCELED, with what the reader took', async () => {
    const job = jobOf({}, { 'events.jsonl': eventLines(60_000) });
    const options = { seed: 3, streams: { outputClosesAfterBytes: 100 } };
    const { platform, handle } = await startSimulated(job, options);
    const summary = await platform.drive(handle.done);
    expect(summary).toMatchObject({ state: 'CANCELED' });
    expect(summary.recordsIn).toBeLessThan(60_000);
    expect(outputOf(platform)).toHaveLength(100);
    expect(platform.files.openFiles).toBe(0);
  });
});

describe('a job that cannot read', () => {
  test('fails with the place in the middle of a file, and closes everything', async () => {
    const job = jobOf({}, { 'events.jsonl': eventLines(80_000) });
    const { platform, handle } = await startSimulated(job, { seed: 4 });
    platform.fileFaults.add({
      kind: 'nth',
      nth: 3,
      errno: 'EIO',
      isPersistent: false,
      operation: 'read',
    });
    await expect(platform.drive(handle.done)).rejects.toMatchObject({
      code: 'DREY_FILE_IO_ERROR',
      exitCode: 5,
      message: `cannot read ${jobFolder}/events.jsonl: input/output error (EIO)`,
    });
    expect(outputOf(platform)).toContain('"id":0,');
    expect(platform.files.openFiles).toBe(0);
  });

  test('ends at the first line that is none, with its number', async () => {
    const lines = `${eventLines(3000)}{"id":\n${eventLines(60_000)}`;
    const job = jobOf({ sinks: fileSink }, { 'events.jsonl': lines });
    const { platform, handle } = await startSimulated(job, { seed: 5 });
    await expect(platform.drive(handle.done)).rejects.toMatchObject({
      code: 'DREY_RECORD_UNREADABLE',
      exitCode: 3,
      details: { line: 3001 },
    });
    expect(handle.progress().recordsIn).toBeLessThanOrEqual(3000);
    expect(leftInFolder(platform)).toEqual([]);
    expect(platform.files.openFiles).toBe(0);
  });
});

describe('a job that fails, and then fails to close', () => {
  test('says what went wrong first, and closes the rest', async () => {
    const job = jobOf({ sinks: fileSink }, { 'events.jsonl': eventLines(80_000) });
    const { platform, handle } = await startSimulated(job, { seed: 8 });
    const fault = { kind: 'nth', isPersistent: false } as const;
    platform.fileFaults.add({ ...fault, nth: 3, errno: 'EIO', operation: 'read' });
    platform.fileFaults.add({ ...fault, nth: 1, errno: 'EDQUOT', operation: 'close' });
    await expect(platform.drive(handle.done)).rejects.toMatchObject({
      code: 'DREY_FILE_IO_ERROR',
    });
    expect(platform.fileFaults.hits).toBe(2);
    expect(leftInFolder(platform)).toEqual([]);
    expect(platform.files.openFiles).toBe(0);
  });
});

describe('a job that cannot write', () => {
  const job = jobOf({ sinks: fileSink }, { 'events.jsonl': eventLines(60_000) });

  test('fails when the disk is full, and leaves no file', async () => {
    const { platform, handle } = await startSimulated(job, { seed: 6 });
    platform.fileFaults.add({ kind: 'full', afterBytes: 1_200_000 });
    await expect(platform.drive(handle.done)).rejects.toMatchObject({
      code: 'DREY_FILE_NO_SPACE',
      exitCode: 5,
    });
    expect(platform.fileFaults.hits).toBe(1);
    expect(leftInFolder(platform)).toEqual([]);
    expect(platform.files.openFiles).toBe(0);
  });

  test('fails at the operation that failed, whichever it is, and shows no file', async () => {
    const small = jobOf({ sinks: fileSink, transforms: placed }, placedFiles);
    for (const isPersistent of [false, true]) {
      let hits = 1;
      for (let nth = 1; hits > 0; nth++) {
        const { platform, handle } = await startSimulated(small, { seed: nth });
        platform.fileFaults.add({ kind: 'nth', nth, errno: 'EIO', isPersistent });
        const outcome = await platform.drive(
          handle.done.then(
            ({ state }) => state,
            (error: unknown) => error,
          ),
        );
        ({ hits } = platform.fileFaults);
        const place = `operation ${nth}${isPersistent ? ' and all later ones' : ''}`;
        expect(platform.files.openFiles, place).toBe(0);
        const finished = leftInFolder(platform).filter((name) => !name.startsWith('.'));
        if (hits === 0) {
          expect(outcome).toBe('FINISHED');
          expect(finished).toHaveLength(1);
        } else if (outcome !== 'FINISHED') {
          expect(outcome, place).toMatchObject({ code: 'DREY_FILE_IO_ERROR', exitCode: 5 });
          // A commit that broke off and could not be undone: the part is there, but whole.
          if (!isPersistent) expect(finished, place).toEqual([]);
        }
      }
    }
  });
});

test('rows of several print sinks say which one they are of, in their last key', async () => {
  const sinks = `${printSink}\n  again: { from: events, connector: print }`;
  const { output } = await runSimulated(jobOf({ sinks }, { 'events.jsonl': eventLines(1) }), {
    seed: 9,
  });
  expect(output.split('\n').sort()).toEqual([
    '',
    `{"id":0,"ts":${BASE_MS},"sink":"again"}`,
    `{"id":0,"ts":${BASE_MS},"sink":"rows"}`,
  ]);
});

describe('unreadable lines', () => {
  test('come out of the side stream all, however full the sink is', async () => {
    const count = 40_000;
    const lines = Array.from({ length: count }, (_, line) => `broken line ${line}\n`).join('');
    const job = jobOf(
      {
        source: `${eventsFile}\n    on-error: dead-letter`,
        sinks: `${printSink}\n  dead: { from: events.dead, connector: print }`,
      },
      { 'events.jsonl': lines },
    );
    const { summary, output } = await runSimulated(job, { seed: 7 });
    expect(summary).toMatchObject({ state: 'FINISHED', recordsIn: 0, deadRecords: count });
    const positions = Array.from(output.matchAll(/"position":(\d+)/g), ([, text]) => Number(text));
    expect(positions).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  });
});

test('all groups of a window come out once, however full the sink behind a select is', async () => {
  // Enough for several batches, each of which fills the buffer of the sink.
  const count = 9_000;
  const text = 'x'.repeat(600);
  const pipeline = `pipeline: { name: wide }
sources:
  s: { connector: filesystem, path: in.jsonl, format: json, columns: { id: INT, text: STRING, ts: BIGINT, at: "AS TO_TIMESTAMP_LTZ(ts, 3)" }, watermark: { column: at } }
transforms:
  t: { from: s, window: { type: tumble, size: 1min }, group-by: [id, text], aggregate: { n: COUNT(*) }, select: { id: id, text: text } }
sinks:
  out: { from: t, connector: print }
`;
  const lines = Array.from({ length: count }, (_, id) => JSON.stringify({ id, text, ts: 0 }));
  const files = { 'in.jsonl': `${lines.join('\n')}\n` };
  const { output } = await runSimulated({ pipeline, files }, { seed: 7 });
  const ids = Array.from(output.matchAll(/"id":(\d+)/g), ([, id]) => Number(id));
  expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, id) => id));
});
