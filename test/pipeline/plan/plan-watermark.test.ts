import { describe, expect, test } from 'vitest';
import type { WatermarkSpec } from '../../../src/pipeline/plan/watermark-spec.ts';
import { findingsOf, planOf } from '../load-text.ts';

/** A pipeline whose source has this watermark, in flow style without braces. */
function withWatermark(watermark: string, source = 'stdin', config = ''): string {
  const connectors: Readonly<Record<string, string>> = {
    stdin: 'connector: stdin',
    file: 'connector: filesystem\n    path: in.json\n    format: json',
    datagen: 'connector: datagen',
    counted: 'connector: datagen\n    number-of-rows: 10',
    sequence:
      'connector: datagen\n    fields.id.kind: sequence\n    fields.id.start: 1\n    fields.id.end: 9',
  };
  return `pipeline: { name: job${config === '' ? '' : `, config: { ${config} }`} }
sources:
  s:
    ${connectors[source]}
    columns: { id: BIGINT, ts: TIMESTAMP_LTZ(3) }
    watermark: { column: ts${watermark === '' ? '' : `, ${watermark}`} }
sinks:
  out: { from: s, connector: print }
`;
}

async function watermarkOf(text: string): Promise<WatermarkSpec | null> {
  const source = (await planOf(text)).nodes.find(({ kind }) => kind === 'source');
  return source?.kind === 'source' ? source.watermark : null;
}

const strategyOf = async (watermark: string): Promise<unknown> =>
  (await watermarkOf(withWatermark(watermark)))?.strategy;

const codesOf = async (...parts: Parameters<typeof withWatermark>): Promise<readonly string[]> =>
  (await findingsOf(withWatermark(...parts))).map((finding) => finding.replace(/^\S+ /, ''));

describe('strategies', () => {
  test('without a strategy the delay does not change', async () => {
    expect(await strategyOf('')).toEqual({ kind: 'bounded', delayMs: 0 });
    expect(await strategyOf('delay: 25s')).toEqual({ kind: 'bounded', delayMs: 25_000 });
    expect(await strategyOf('strategy: bounded, delay: 1s')).toEqual({
      kind: 'bounded',
      delayMs: 1000,
    });
  });

  test('ascending', async () => {
    expect(await strategyOf('strategy: ascending')).toEqual({ kind: 'ascending' });
  });

  test('dynamic has defaults for all it needs', async () => {
    expect(await strategyOf('strategy: dynamic')).toEqual({
      kind: 'dynamic',
      samples: 100,
      factor: 1.5,
      minDelayMs: 5000,
    });
    expect(
      await strategyOf('strategy: dynamic, samples: 7, factor: 2.25, min-delay: 90ms'),
    ).toEqual({ kind: 'dynamic', samples: 7, factor: 2.25, minDelayMs: 90 });
  });

  test.each([
    ['strategy: ascending, delay: 5s', ['DREY_PIPELINE_CONFLICT']],
    ['strategy: dynamic, delay: 5s', ['DREY_PIPELINE_CONFLICT']],
    ['samples: 5', ['DREY_PIPELINE_CONFLICT']],
    [
      'strategy: ascending, factor: 2, min-delay: 1s',
      ['DREY_PIPELINE_CONFLICT', 'DREY_PIPELINE_CONFLICT'],
    ],
    ['strategy: dynamic, samples: 0', ['DREY_PIPELINE_VALUE']],
    ['strategy: dynamic, factor: -1', ['DREY_PIPELINE_VALUE']],
    ['strategy: punctuated', ['DREY_PIPELINE_VALUE']],
  ])('%s is refused', async (watermark, expected) => {
    expect(await codesOf(watermark)).toEqual(expected);
  });
});

describe('a dynamic watermark of a source that ends', () => {
  test.each([
    ['file', true],
    ['counted', true],
    ['sequence', true],
    ['datagen', false],
    ['stdin', false],
  ])('%s: refused is %s', async (source, isRefused) => {
    expect(await codesOf('strategy: dynamic', source)).toEqual(
      isRefused ? ['DREY_PIPELINE_DYNAMIC_BOUNDED'] : [],
    );
  });

  test('is taken when it is asked for', async () => {
    const text = withWatermark('strategy: dynamic', 'file');
    expect(await findingsOf(text, { allowDynamicBounded: true })).toEqual([]);
  });
});

describe('alignment', () => {
  const alignmentOf = async (watermark: string): Promise<unknown> =>
    (await watermarkOf(withWatermark(watermark)))?.alignment;

  test('names a group and a drift', async () => {
    expect(await alignmentOf('')).toBeNull();
    expect(await alignmentOf('alignment: { group: g, max-drift: 5min }')).toEqual({
      group: 'g',
      maxDriftMs: 300_000,
      updateIntervalMs: 1000,
    });
    expect(
      await alignmentOf('alignment: { group: g, max-drift: 0s, update-interval: 100ms }'),
    ).toEqual({ group: 'g', maxDriftMs: 0, updateIntervalMs: 100 });
  });

  test.each([
    ['alignment: { group: g }', 'DREY_PIPELINE_MISSING_FIELD'],
    ['alignment: { max-drift: 1s }', 'DREY_PIPELINE_MISSING_FIELD'],
    ['alignment: { group: g, max-drift: far }', 'DREY_PIPELINE_VALUE'],
    ['alignment: { group: g, max-drift: 1s, max-lag: 2s }', 'DREY_PIPELINE_UNKNOWN_FIELD'],
  ])('%s is refused', async (watermark, expected) => {
    expect(await codesOf(watermark)).toEqual([expected]);
  });

  test('needs a watermark', async () => {
    const text = withWatermark('alignment: { group: g, max-drift: 1s }').replace(
      'column: ts, ',
      '',
    );
    expect(await findingsOf(text)).toEqual(['6:16 DREY_PIPELINE_MISSING_FIELD']);
  });

  test('of a lookup table is refused', async () => {
    const text = `pipeline: { name: job }
sources:
  s:
    connector: stdin
    columns: { id: BIGINT }
  table:
    connector: filesystem
    path: in.json
    format: json
    columns: { id: BIGINT, ts: TIMESTAMP_LTZ(3) }
    watermark: { column: ts, alignment: { group: g, max-drift: 1s } }
    primary-key: [id]
transforms:
  t: { from: s, lookup: { table: table, on: { id: id } } }
sinks:
  out: { from: t, connector: print }
`;
    expect(await findingsOf(text)).toEqual(['11:41 DREY_PIPELINE_ALIGNMENT']);
  });
});

describe('emission', () => {
  const intervalOf = async (watermark: string, config = ''): Promise<unknown> =>
    (await watermarkOf(withWatermark(watermark, 'stdin', config)))?.emitIntervalMs;

  test('is with the rows, or once in an interval', async () => {
    expect(await intervalOf('')).toBeNull();
    expect(await intervalOf('emit: on-event', 'pipeline.auto-watermark-interval: 1s')).toBeNull();
    expect(await intervalOf('emit: on-periodic')).toBe(200);
    expect(await intervalOf('emit: on-periodic', 'pipeline.auto-watermark-interval: 1s')).toBe(
      1000,
    );
  });

  test.each([
    ['0 ms', ['DREY_PIPELINE_CONFLICT']],
    ['soon', ['DREY_PIPELINE_CONFIGURATION_VALUE']],
  ])('an interval of %s is refused', async (interval, expected) => {
    const config = `pipeline.auto-watermark-interval: ${interval}`;
    expect(await codesOf('emit: on-periodic', 'stdin', config)).toEqual(expected);
  });

  test('an interval of 0 has no meaning for one that is emitted with the rows', async () => {
    expect(await codesOf('', 'stdin', 'pipeline.auto-watermark-interval: 0 ms')).toEqual([]);
  });
});
