import { describe, expect, test } from 'vitest';
import { supervisorSpec } from '../../../src/pipeline/plan/supervisor-spec.ts';
import { toStreamGraph } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { around, loadText, planOf, shown } from '../load-text.ts';

const base =
  'connector: druid, topic: exposures, datasource: ex, properties.bootstrap.servers: "b:9092", properties.security.protocol: SASL_SSL, properties.sasl.jaas.config: "secret"';
const events =
  't: { select: { deviceId: "\'d\' || name", place: name, clicks: amount, share: CAST(amount AS DOUBLE), ts: ts } }';
const windowed = (emit: string): string =>
  `t: { window: { type: tumble, size: 1min }, group-by: [name], aggregate: { uv: COUNT(DISTINCT id) }${emit} }`;

const text = (fields: string, transforms = events): string =>
  around(transforms, `out: { from: t, ${base}${fields} }`);

async function ingestionOf(fields = '', transforms = events) {
  const plan = await planOf(text(fields, transforms));
  const node = plan.nodes.find(({ name }) => name === 'out');
  if (node?.kind !== 'sink' || node.druid === undefined) throw new Error('no druid sink');
  return node.druid;
}

async function problems(fields: string, transforms = events): Promise<readonly string[]> {
  const { findings } = await loadText(text(fields, transforms));
  return findings.map((finding) => `${shown(finding).split(' ').at(-1)} ${finding.message}`);
}

describe('a druid sink', () => {
  test('of events rolls them up: dimensions, a count, sums and a sketch of the devices', async () => {
    expect(supervisorSpec(await ingestionOf(', late-message-period: 90min'))).toEqual({
      type: 'kafka',
      spec: {
        dataSchema: {
          dataSource: 'ex',
          timestampSpec: { column: 'ts', format: 'auto' },
          dimensionsSpec: { dimensions: [{ type: 'string', name: 'place' }] },
          metricsSpec: [
            { type: 'count', name: 'count' },
            { type: 'longSum', name: 'clicks', fieldName: 'clicks' },
            { type: 'doubleSum', name: 'share', fieldName: 'share' },
            { type: 'thetaSketch', name: 'deviceId_sketch', fieldName: 'deviceId' },
          ],
          granularitySpec: {
            type: 'uniform',
            segmentGranularity: 'HOUR',
            queryGranularity: 'MINUTE',
            rollup: true,
          },
        },
        ioConfig: {
          type: 'kafka',
          topic: 'exposures',
          inputFormat: { type: 'json' },
          consumerProperties: { 'bootstrap.servers': 'b:9092', 'security.protocol': 'SASL_SSL' },
          useEarliestOffset: true,
          taskCount: 1,
          taskDuration: 'PT3600S',
          lateMessageRejectionPeriod: 'PT5400S',
        },
        tuningConfig: { type: 'kafka' },
      },
    });
  });

  test('is a kafka sink to the engine, and writes json without being told', async () => {
    const plan = await planOf(text(''));
    const sink = toStreamGraph(plan).nodes.at(-1);
    expect(sink).toMatchObject({
      kind: 'sink',
      connector: { kind: 'kafka', topic: 'exposures', value: { format: { kind: 'json' } } },
    });
    expect(JSON.stringify(sink)).not.toContain('datasource');
  });

  test('of final windows keeps each result as it is, at the start of its window', async () => {
    expect(await ingestionOf('', windowed(''))).toMatchObject({
      timestamp: { column: 'window_start', format: 'auto' },
      isRollup: false,
      metrics: [],
      dimensions: [
        { name: 'window_end', type: 'string' },
        { name: 'name', type: 'string' },
        { name: 'uv', type: 'long' },
      ],
    });
  });

  test('refuses to add up what windows have counted, however far away they are', async () => {
    const far = `w: { window: { type: tumble, size: 1min }, group-by: [name], aggregate: { uv: COUNT(DISTINCT id) } }
t: { select: { name: name, uv: uv, at: window_start } }`;
    const message =
      'A roll-up would add up the results of "w": devices that it has counted would count several times.';
    expect(await problems(', rollup: true, timestamp-column: at', far)).toEqual([
      `DREY_PIPELINE_CONFLICT ${message}`,
    ]);
    expect(await ingestionOf(', timestamp-column: at', far)).toMatchObject({ isRollup: false });
  });

  test('refuses a changelog with the advice to write the events', async () => {
    for (const emit of [', emit: { early: 10s }', ', emit: { allowed-lateness: 1h }']) {
      const { findings } = await loadText(text('', windowed(emit)));
      expect(findings).toMatchObject([
        {
          code: 'DREY_PIPELINE_CHANGELOG',
          message: '"t" corrects rows that it has sent, which Druid cannot take.',
          hint: expect.stringContaining('a late event lands in its minute'),
        },
      ]);
    }
  });

  test('takes dimensions, the column and the kind of the sketch as they are named', async () => {
    const fields = ', dimensions: [place, clicks], sketch-column: share, sketch-type: hyper-unique';
    expect(await ingestionOf(fields)).toMatchObject({
      dimensions: [
        { name: 'place', type: 'string' },
        { name: 'clicks', type: 'long' },
      ],
      metrics: [
        { kind: 'count' },
        { kind: 'sketch', name: 'share_sketch', column: 'share', type: 'hyper-unique' },
      ],
    });
    expect((await ingestionOf(', dimensions: [deviceId]')).metrics).toEqual([
      { kind: 'count', name: 'count' },
      { kind: 'sum', name: 'clicks', column: 'clicks', isWhole: true },
      { kind: 'sum', name: 'share', column: 'share', isWhole: false },
    ]);
    expect((await ingestionOf(', rollup: false')).metrics).toEqual([]);
  });

  test('needs a time that Druid reads as drey does', async () => {
    const noTime = 't: { select: { id: id, name: name } }';
    expect(await problems('', noTime)).toEqual([
      'DREY_PIPELINE_COLUMN The rows have no event time that could be the time of a row in Druid.',
    ]);
    expect(await ingestionOf(', timestamp-column: id', noTime)).toMatchObject({
      timestamp: { column: 'id', format: 'millis' },
    });
    expect(await problems(', timestamp-column: name', noTime)).toEqual([
      'DREY_PIPELINE_TYPE "name" is STRING and cannot be the time of a row in Druid.',
    ]);
    const zoned = text('', windowed('')).replace(
      'pipeline: { name: job }',
      'pipeline: { name: job, config: { table.local-time-zone: Asia/Shanghai } }',
    );
    const { findings } = await loadText(zoned);
    expect(findings[0]?.message).toBe(
      '"window_start" is a TIMESTAMP on the clocks of Asia/Shanghai, and Druid would read it as UTC.',
    );
  });

  test('refuses columns that Druid has no place for', async () => {
    expect(await problems(', dimensions: [plaec]')).toEqual([
      'DREY_PIPELINE_COLUMN There is no column "plaec".',
    ]);
    const counted = events.replace('clicks: amount', 'count: amount').replace('count:', '"count":');
    expect(await problems('', counted)).toEqual([
      'DREY_PIPELINE_COLUMN With rollup Druid counts rows as "count", and the input has a column of this name.',
    ]);
    expect(await problems(', format: csv')).toEqual([
      'DREY_PIPELINE_CONFLICT Druid is told to read json, and the sink writes csv.',
    ]);
  });
});
