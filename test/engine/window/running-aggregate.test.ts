import { describe, expect, test } from 'vitest';
import { run, wholeBatches, type Case, type Input, type Step } from './running-runs.ts';
import { aggregate, text } from './window-runs.ts';

/** Kind, group and results of each change, where each step is a batch. */
function changesOf(given: Case, steps: readonly Step[]): readonly string[] {
  const { main, kinds } = run(given, steps, wholeBatches);
  return main.map((row, index) => `${kinds[index]} ${row.map(String).join(' ')}`);
}

const rows = (...all: readonly Input[]): Step => ({ rows: all });
const count = aggregate('COUNT');

describe('a running aggregate', () => {
  test('emits what each batch has changed, once for each group', () => {
    const steps = [
      rows({ province: 'a' }, { province: 'b' }, { province: 'a' }),
      rows({ province: 'b' }, { province: null }),
    ];
    expect(changesOf({ aggregates: [count] }, steps)).toEqual([
      '+I a 2',
      '+I b 1',
      '-U b 1',
      '+U b 2',
      '+I null 1',
    ]);
  });

  test('emits nothing where the results are what they were', () => {
    const steps = [
      rows({ province: 'a', device: 'x' }),
      rows({ province: 'a', device: 'x' }, { province: 'a' }),
    ];
    const aggregates = [aggregate('COUNT', 'device', { distinct: true })];
    expect(changesOf({ aggregates }, steps)).toEqual(['+I a 1']);
  });

  test('without groups has one, which begins with the first row', () => {
    const given = { groupBy: [], aggregates: [count] };
    expect(changesOf(given, [rows()])).toEqual([]);
    expect(changesOf(given, [rows({}), rows({}, {})])).toEqual(['+I 1', '-U 1', '+U 3']);
  });

  test('computes several grouping sets in one pass', () => {
    const given: Case = {
      groupBy: ['province', 'city'],
      groupingSets: [[0, 1], [0], []],
      aggregates: [count, { kind: 'grouping', groupByIndexes: [0, 1] }],
    };
    const steps = [rows({ province: 'a', city: 'x' }, { province: 'a', city: 'y' })];
    expect(changesOf(given, steps)).toEqual([
      '+I a x 1 0',
      '+I a y 1 0',
      '+I a null 2 1',
      '+I null null 2 3',
    ]);
  });

  test('makes more changes than fit into a batch', () => {
    const rowsOf = (device: string): Step =>
      rows(
        ...Array.from({ length: 2048 }, (_, at) => ({ province: `p${at}`, device: device + at })),
      );
    const aggregates = [count, aggregate('MAX', 'device', { type: text })];
    const changes = changesOf({ aggregates }, [rowsOf('d'), rowsOf('e')]);
    expect(changes.slice(0, 2048)).toEqual(
      Array.from({ length: 2048 }, (_, at) => `+I p${at} 1 d${at}`),
    );
    expect(changes.slice(2048)).toEqual(
      Array.from({ length: 2048 }, (_, at) => [`-U p${at} 1 d${at}`, `+U p${at} 2 e${at}`]).flat(),
    );
  });
});

describe('a time to live', () => {
  const given: Case = { aggregates: [count], ttlMs: 1000 };
  const a = rows({ province: 'a' });

  test('begins a group anew when it has got no row for so long, without a word', () => {
    expect(changesOf(given, [a, { now: 999 }, a, { now: 1999 }, a])).toEqual([
      '+I a 1',
      '-U a 1',
      '+U a 2',
      '+I a 1',
    ]);
  });

  test('counts from the last row of the group, not of others', () => {
    const steps = [rows({ province: 'a' }, { province: 'b' }), { now: 600 }, a, { now: 1200 }, a];
    expect(changesOf(given, [...steps, rows({ province: 'b' })])).toEqual([
      '+I a 1',
      '+I b 1',
      '-U a 1',
      '+U a 2',
      '-U a 2',
      '+U a 3',
      '+I b 1',
    ]);
  });

  test('ends a group at the moment that it is over, whenever state is cleaned up', () => {
    const b = rows({ province: 'b' });
    // Cleaned up at 1000 and, for what expires soon after, not before 1250.
    expect(changesOf(given, [a, { now: 100 }, b, { now: 1000 }, { now: 1100 }, b])).toEqual([
      '+I a 1',
      '+I b 1',
      '+I b 1',
    ]);
  });

  test('makes unchanged results known, so that those who keep state for the group go on', () => {
    const aggregates = [aggregate('MAX', 'device', { type: text })];
    const device = rows({ province: 'a', device: 'x' });
    expect(changesOf({ aggregates, ttlMs: 1000 }, [device, device])).toEqual([
      '+I a x',
      '-U a x',
      '+U a x',
    ]);
  });

  test('forgets the distinct values of a group, too', () => {
    const aggregates = [aggregate('COUNT', 'device', { distinct: true })];
    const device = rows({ province: 'a', device: 'x' });
    expect(changesOf({ aggregates, ttlMs: 1000 }, [device, { now: 1000 }, device])).toEqual([
      '+I a 1',
      '+I a 1',
    ]);
  });
});

describe('updates as input', () => {
  const given: Case = { aggregates: [count, aggregate('SUM', 'amount')], takesUpdates: true };

  test('are taken back', () => {
    const steps = [
      rows({ province: 'a', amount: 5n }, { province: 'b', amount: 1n }),
      rows(
        { kind: '-U', province: 'a', amount: 5n },
        { kind: '+U', province: 'a', amount: 7n },
        { kind: '-D', province: 'b', amount: 1n },
      ),
    ];
    expect(changesOf(given, steps)).toEqual([
      '+I a 1 5',
      '+I b 1 1',
      '-U a 1 5',
      '+U a 1 7',
      '-D b 1 1',
    ]);
  });

  test('of a group that is not there are dropped', () => {
    const steps = [
      rows(
        { kind: '-U', province: 'a', amount: 5n },
        { kind: '+U', province: 'a', amount: 7n },
        { kind: '-D', province: 'b', amount: 7n },
      ),
    ];
    expect(changesOf(given, steps)).toEqual(['+I a 1 7']);
  });

  test('that come and go in one batch leave nothing', () => {
    const steps = [rows({ kind: '+I', province: 'a' }, { kind: '-D', province: 'a' })];
    expect(changesOf(given, steps)).toEqual([]);
  });

  test('that empty a group leave nothing of its sums', () => {
    // The row taken back is not the one that was added, as after a time to live upstream.
    const steps = [
      rows({ province: 'a', amount: 5n }),
      rows({ kind: '-D', province: 'a', amount: 3n }, { kind: '+I', province: 'a', amount: 1n }),
    ];
    expect(changesOf(given, steps)).toEqual(['+I a 1 5', '-U a 1 5', '+U a 1 1']);
  });
});
