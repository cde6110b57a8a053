import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drey, repositoryRoot } from './drey-process.ts';

const examples = join(repositoryRoot, 'examples');

async function linesOf(file: string, ...flags: readonly string[]): Promise<readonly string[]> {
  const ended = await drey(['run', join(examples, file), ...flags]);
  expect(ended.exit, ended.error).toBe(0);
  return ended.output.split('\n').slice(0, -1);
}

test.each([1, 3])(
  'five kinds of windows over one input give the expected rows at %i',
  async (parallelism) => {
    const lines = await linesOf('windows/pipeline.yaml', '--parallelism', String(parallelism));
    const expected = readFileSync(join(examples, 'windows', 'expected.jsonl'), 'utf8');
    const byBytes = (a: string, b: string): number =>
      Buffer.compare(Buffer.from(a), Buffer.from(b));
    expect(lines.toSorted(byBytes)).toEqual(expected.split('\n').slice(0, -1));
  },
);

test('the tests of the late exposures pass', async () => {
  const file = join(examples, 'late-exposure', 'pipeline.yaml');
  expect(await drey(['pipeline', 'test', file])).toMatchObject({ exit: 0 });
});

interface Change {
  readonly op: string;
  readonly sink: string;
  readonly window_start: string;
  readonly exposures?: number;
  readonly uv: number;
}

interface SeenEvent {
  readonly ts: number;
  readonly deviceId: string | null;
  readonly event: string;
}

describe('late exposures', () => {
  const text = readFileSync(join(examples, 'exposure-uv', 'data', 'events.jsonl'), 'utf8');
  const events = text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as SeenEvent);

  test('end up in their minutes, and each change takes back what was said before', async () => {
    const lines = await linesOf('late-exposure/pipeline.yaml');
    const changes = lines
      .map((line) => JSON.parse(line) as Change)
      .filter(({ sink }) => sink === 'minutes');
    const minutes = new Map<string, number>();
    for (const { op, window_start: start, exposures = 0 } of changes) {
      if (op === '+I' || op === '+U') {
        expect(minutes.has(start)).toBe(false);
        minutes.set(start, exposures);
      } else {
        expect(minutes.get(start)).toBe(exposures);
        minutes.delete(start);
      }
    }
    expect(changes.some(({ op }) => op === '+U')).toBe(true);
    expect(minutes).toEqual(exposuresByMinute(events));
  });

  test('the day has each device once', async () => {
    const lines = await linesOf('late-exposure/pipeline.yaml');
    const days = lines
      .map((line) => JSON.parse(line) as Change)
      .filter(({ sink }) => sink === 'days');
    const devices = new Set(events.flatMap(({ deviceId }) => deviceId ?? []));
    expect(days.at(-1)).toMatchObject({ window_start: '2023-11-15 00:00:00', uv: devices.size });
  });
});

/** No event of the example is later than an hour. In Shanghai, 8 hours ahead. */
function exposuresByMinute(events: readonly SeenEvent[]): ReadonlyMap<string, number> {
  const minutes = new Map<string, number>();
  for (const { ts, event } of events) {
    if (event !== 'exposure') continue;
    const local = new Date(ts - (ts % 60_000) + 8 * 3_600_000).toISOString();
    const start = `${local.slice(0, 10)} ${local.slice(11, 19)}`;
    minutes.set(start, (minutes.get(start) ?? 0) + 1);
  }
  return minutes;
}
