import { describe, expect, test } from 'vitest';
import { findBottleneck } from '../../../src/ops/bottleneck/find-bottleneck.ts';
import type { Finding } from '../../../src/ops/finding.ts';
import type { JobLoad } from '../../../src/ops/bottleneck/job-load.ts';
import { jobOf, vertex } from './job-shape.ts';

/** Rules and severities, the worst first. */
function verdict(load: JobLoad): { readonly vertex: string | null; readonly found: string[] } {
  const { bottleneck, findings } = findBottleneck(load);
  return {
    vertex: bottleneck?.name ?? null,
    found: findings.map(({ rule, severity }) => `${severity} ${rule}`),
  };
}

function findingOf(load: JobLoad, rule: string): Finding {
  const finding = findBottleneck(load).findings.find((candidate) => candidate.rule === rule);
  if (finding === undefined) throw new Error(`no finding ${rule}`);
  return finding;
}

const texts = ({ advice }: Finding): string => advice.map(({ text }) => text).join('\n');
const optionsOf = ({ advice }: Finding): readonly (string | undefined)[] =>
  advice.map(({ key }) => key).filter((key) => key !== undefined);

/** One slow vertex in the middle of a chain. */
const chain = jobOf(
  vertex('source', 0.1, 0.9),
  vertex('count < source', 1, 0),
  vertex('sink < count', 0.1, 0),
);
/** The slow one is two vertices behind the source. */
const longChain = jobOf(
  vertex('source', 0.05, 0.95),
  vertex('parse < source', 0.2, 0.8),
  vertex('count < parse', 0.97, 0),
  vertex('sink < count', 0.1, 0),
);
const diamond = jobOf(
  vertex('source', 0.2, 0.7),
  vertex('left < source', 0.95, 0),
  vertex('right < source', 0.1, 0),
  vertex('join < left right', 0.3, 0),
);
/** The join is slow, so both branches wait. */
const diamondJoin = jobOf(
  vertex('source', 0.1, 0.8),
  vertex('left < source', 0.1, 0.9),
  vertex('right < source', 0.1, 0.6),
  vertex('join < left right', 1, 0),
);
const twoBranches = jobOf(
  vertex('source', 0.1, 0.9),
  vertex('left < source', 0.9, 0),
  vertex('right < source', 1, 0),
);
const idle = jobOf(
  vertex('source', 0.05, 0),
  vertex('count < source', 0.1, 0),
  vertex('sink < count', 0.02, 0),
);

describe('the bottleneck', () => {
  test.each<[string, JobLoad, string | null, string[]]>([
    ['is the busy vertex behind a back-pressured one', chain, 'count', ['critical slow-vertex']],
    ['is found behind several', longChain, 'count', ['critical slow-vertex']],
    ['is one branch of a diamond, not the other', diamond, 'left', ['critical slow-vertex']],
    ['is the end of a diamond that both wait for', diamondJoin, 'join', ['critical slow-sink']],
    [
      'is the busier one of two, and both are said',
      twoBranches,
      'right',
      ['critical slow-sink', 'critical slow-sink'],
    ],
    [
      'is a warning where the others wait seldom',
      jobOf(
        vertex('source', 0.5, 0.3),
        vertex('count < source', 0.9, 0),
        vertex('s < count', 0, 0),
      ),
      'count',
      ['warning slow-vertex'],
    ],
    [
      'is likely where nobody is busy all the time',
      jobOf(vertex('source', 0.2, 0.6), vertex('count < source', 0.6, 0)),
      'count',
      ['warning slow-sink'],
    ],
    [
      'is the sink where that is alone in its vertex',
      jobOf(vertex('source', 0.1, 0.9), vertex('sink < source', 1, 0)),
      'sink',
      ['critical slow-sink'],
    ],
    [
      'is outside where even the sink is back-pressured',
      jobOf(
        vertex('source', 0.1, 0.9),
        vertex('count < source', 0.1, 0.9),
        vertex('sink < count', 0.1, 0.9),
      ),
      'sink',
      ['critical external-system'],
    ],
    [
      'is unknown where no reader is busy',
      jobOf(vertex('source', 0.1, 0.9), vertex('sink < source', 0.1, 0)),
      null,
      ['warning unexplained-back-pressure'],
    ],
    ['is not there where all are idle', idle, null, ['info no-bottleneck']],
    [
      'is not there where 10 % of back-pressure is all',
      jobOf(vertex('source', 0.2, 0.1), vertex('sink < source', 0.5, 0)),
      null,
      ['info no-bottleneck'],
    ],
    [
      'may be the source where nothing holds it up',
      jobOf(vertex('source', 0.99, 0), vertex('sink < source', 0.1, 0)),
      null,
      ['warning busy-source'],
    ],
    [
      'is near where a vertex keeps up without reserve',
      jobOf(vertex('source', 0.3, 0.05), vertex('sink < source', 0.85, 0)),
      null,
      ['warning near-limit'],
    ],
    [
      'is not told without samples',
      jobOf(vertex('source', null, null), vertex('sink < source', null, null)),
      null,
      ['warning no-samples'],
    ],
    [
      'is not told from half of the samples',
      jobOf(vertex('source', 0.1, 0.9), vertex('sink < source', null, null)),
      null,
      ['warning no-samples'],
    ],
    [
      'is told with samples of those that matter',
      jobOf(
        vertex('source', 0.1, 0.9),
        vertex('count < source', 1, 0),
        vertex('sink < count', null, null),
      ),
      'count',
      ['critical slow-vertex', 'warning no-samples'],
    ],
    [
      'is not told from a source that does not measure itself',
      jobOf(vertex('source', null, 0), vertex('sink < source', 0.1, 0)),
      null,
      ['info no-bottleneck', 'info unmeasured-source'],
    ],
    ['is not told of a job without vertices', jobOf(), null, []],
  ])('%s', (_, load, bottleneck, found) => {
    expect(verdict(load)).toEqual({ vertex: bottleneck, found });
  });

  test('waits for nobody: a vertex that is busy and back-pressured is not it', () => {
    const load = jobOf(
      vertex('source', 0.1, 0.9),
      vertex('parse < source', 0.85, 0.15),
      vertex('sink < parse', 0.9, 0),
    );
    expect(verdict(load).vertex).toBe('sink');
    expect(findBottleneck(load).roles).toEqual(['held-up', 'held-up', 'bottleneck']);
  });

  test('holds up all before it, the nearest first', () => {
    const { evidence } = findingOf(longChain, 'slow-vertex');
    expect(evidence).toMatchObject({ heldUp: 'parse, source', heldUpPercent: 95, busyPercent: 97 });
  });

  test('does not hold up a branch that does not lead to it', () => {
    const load = jobOf(
      vertex('a', 0.1, 0.9),
      vertex('b', 0.1, 0.9),
      vertex('slow < a', 1, 0),
      vertex('other < b', 1, 0),
    );
    const held = findBottleneck(load).findings.map(({ evidence }) => evidence['heldUp']);
    expect(held).toEqual(['a', 'b']);
  });
});

describe('in the first seconds', () => {
  const young = { ...chain, runningMs: 5_000 };

  test('nothing is said, because Flink shows every vertex as 100 % busy', () => {
    expect(verdict(young)).toEqual({ vertex: null, found: ['warning warm-up'] });
    expect(findBottleneck(young).roles).toEqual(['unknown', 'unknown', 'unknown']);
  });

  test('the time to wait is said', () => {
    expect(texts(findingOf(young, 'warm-up'))).toBe('ask again in 25 s');
  });

  test('after a restart its reason is the first thing to look at', () => {
    const finding = findingOf({ ...young, restarts: 3 }, 'warm-up');
    expect(finding.title).toContain('runs for 5 s since the last of 3 restarts');
    expect(texts(finding)).toContain('drey job exceptions');
  });

  test('end after half a minute', () => {
    expect(verdict({ ...chain, runningMs: 30_000 }).vertex).toBe('count');
  });
});

describe('a diagnosis is conclusive', () => {
  const unseen = vertex('sink < source', null, null);
  test.each<[string, JobLoad, boolean]>([
    ['with a bottleneck', chain, true],
    ['without one, when all was seen', idle, true],
    ['not without samples', jobOf(vertex('source', 0.1, 0), unseen), false],
    ['not in the first seconds', { ...chain, runningMs: 1000 }, false],
  ])('%s', (_, load, expected) => {
    expect(findBottleneck(load).isConclusive).toBe(expected);
  });
});

describe('skew', () => {
  const hotKey = {
    name: 'count < source',
    subtasks: [
      [1, 0, 9000],
      [0.1, 0, 500],
      [0.12, 0, 500],
    ],
  } as const;
  const behindSource = (ship: string) => jobOf(vertex('source', 0.1, 0.8), { ...hotKey, ship });

  test('of the bottleneck is its reason, and no parallelism is advised', () => {
    const load = behindSource('HASH');
    expect(verdict(load)).toEqual({ vertex: 'count', found: ['critical skewed-vertex'] });
    const finding = findingOf(load, 'skewed-vertex');
    expect(finding.title).toContain('subtask 0 is busy 100 %');
    expect(finding.evidence).toMatchObject({ subtaskRecordsPercent: 90, medianBusyPercent: 12 });
    expect(optionsOf(finding)).toEqual(['table.optimizer.agg-phase-strategy']);
    expect(texts(finding)).toContain('hot keys');
  });

  test('behind an exchange without keys comes from upstream', () => {
    expect(texts(findingOf(behindSource('RESCALE'), 'skewed-vertex'))).toContain('rebalance()');
  });

  test('without more records is the fault of the TaskManager', () => {
    const load = jobOf(vertex('source', 0.1, 0.8), {
      name: 'count < source',
      subtasks: [
        [0.2, 0, 1000],
        [1, 0, 1010],
      ],
    });
    const text = texts(findingOf(load, 'skewed-vertex'));
    expect(text).toContain('look at its TaskManager (tm-1)');
    expect(text).not.toContain('keys');
  });

  test('of a source is uneven partitions', () => {
    const load = jobOf(
      {
        name: 'source',
        subtasks: [
          [0.95, 0, 900],
          [0, 0, 0],
        ],
      },
      vertex('sink < source', 0.1, 0),
    );
    expect(verdict(load).found).toEqual(['warning skew']);
    expect(texts(findingOf(load, 'skew'))).toContain('partitions are uneven');
  });

  test('that holds up nobody and leaves time is only told', () => {
    const load = jobOf(vertex('source', 0.1, 0), {
      name: 'count < source',
      subtasks: [
        [0.6, 0, 900],
        [0.1, 0, 100],
      ],
    });
    expect(verdict(load).found).toEqual(['info skew', 'info no-bottleneck']);
  });
});

describe('advice', () => {
  test('gives the number of subtasks for a load of 80 %', () => {
    const load = jobOf(
      vertex('source', 0.1, 0.95),
      vertex('count < source', 1, 0, { parallelism: 8 }),
      vertex('sink < count', 0, 0),
    );
    const [first] = findingOf(load, 'slow-vertex').advice;
    expect(first).toMatchObject({
      key: 'pipeline.jobvertex-parallelism-overrides',
      value: 'count-id:10',
    });
    expect(first?.text).toContain('from 8 to at least 10 (busy 100 % of the time, target 80 %)');
  });

  test('warns that the cluster has no slots for that', () => {
    const load = { ...chain, slotsFree: 0 };
    expect(texts(findingOf(load, 'slow-vertex'))).toContain('lacks 1 free slot for that');
  });

  test('knows the max parallelism', () => {
    const load = jobOf(
      vertex('source', 0.1, 0.9),
      vertex('count < source', 1, 0, { parallelism: 4, maxParallelism: 4 }),
    );
    const finding = findingOf(load, 'slow-sink');
    expect(optionsOf(finding)).not.toContain('pipeline.jobvertex-parallelism-overrides');
    expect(texts(finding)).toContain('its max parallelism');
  });

  test('takes a chain apart, because it hides which operator is slow', () => {
    const load = jobOf(
      vertex('source', 0.1, 0.9),
      vertex('count < source', 1, 0, { operators: ['count', 'write'] }),
    );
    expect(verdict(load).found).toEqual(['critical slow-vertex']);
    const finding = findingOf(load, 'slow-vertex');
    expect(optionsOf(finding)).toContain('pipeline.operator-chaining.enabled');
    expect(texts(finding)).toContain('the end of its chain writes out of the job');
  });

  test('leaves a single operator unchained', () => {
    expect(optionsOf(findingOf(chain, 'slow-vertex'))).not.toContain(
      'pipeline.operator-chaining.enabled',
    );
  });
});

describe('checkpoints and event time', () => {
  const delayed = (startDelayMs: number) =>
    jobOf(vertex('source', 0.1, 0.9), vertex('sink < source', 1, 0, { startDelayMs }));

  test('a start delay is explained by the bottleneck', () => {
    const finding = findingOf(delayed(1500), 'start-delay');
    expect(finding).toMatchObject({ severity: 'info', explainedBy: 'slow-sink' });
    expect(findingOf(delayed(10_000), 'start-delay').severity).toBe('warning');
  });

  test('a start delay below a second is nothing to tell', () => {
    expect(verdict(delayed(999)).found).toEqual(['critical slow-sink']);
  });

  test.each<[string, (number | null)[], (number | null)[], string[]]>([
    ['of one subtask', [1, 1], [1, null], ['warning missing-watermark']],
    ['of a vertex whose input has one', [1, 1], [null, null], ['warning missing-watermark']],
    ['of a job without event time is none', [null, null], [null, null], []],
  ])('a missing watermark %s', (_, before, after, expected) => {
    const load = jobOf(
      vertex('source', 0.1, 0),
      vertex('parse < source', 0.1, 0, { watermarksAtMs: before }),
      vertex('window < parse', 0.1, 0, { watermarksAtMs: after }),
    );
    expect(verdict(load).found).toEqual([...expected, 'info no-bottleneck']);
  });
});
