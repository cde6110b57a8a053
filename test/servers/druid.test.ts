import { afterAll, beforeAll, expect, test } from 'vitest';
import { submitSupervisor } from '../../src/cli/druid/submit-supervisor.ts';
import type { LogicalPlan } from '../../src/pipeline/plan/logical-plan.ts';
import { supervisorSpec } from '../../src/pipeline/plan/supervisor-spec.ts';
import { createRealPlatform } from '../../src/platform/real/real-platform.ts';
import { startDruid, type DruidPeer } from '../peers/druid.ts';
import { startKafka, type KafkaPeer } from '../peers/kafka-broker.ts';
import { waitUntil } from '../peers/wait-until.ts';
import { planOf } from '../pipeline/load-text.ts';
import { runPipeline } from './run-pipeline.ts';

let kafka: KafkaPeer;
let druid: DruidPeer;

const platform = createRealPlatform();

beforeAll(async () => {
  kafka = await startKafka();
  druid = await startDruid();
  const client = platform.kafka.connect({
    bootstrapServers: kafka.bootstrapServers(),
    clientId: 'tests',
    tls: null,
    sasl: null,
    connectTimeoutMs: 20_000,
    requestTimeoutMs: 60_000,
  });
  await client.createTopic({
    name: 'exposures',
    partitionCount: 2,
    replicationFactor: -1,
    configuration: {},
  });
  await client.close();
}, 900_000);

afterAll(async () => {
  await Promise.all([druid.stop(), kafka.stop()]);
}, 120_000);

function pipeline(): string {
  return `
pipeline: { name: exposing }
sources:
  events:
    connector: filesystem
    path: in.jsonl
    format: json
    columns: { ts: BIGINT, deviceId: STRING, localId: STRING, event: STRING, event_time: "AS TO_TIMESTAMP_LTZ(ts, 3)" }
    watermark: { column: event_time, delay: 25s }
  places: { connector: filesystem, path: places.csv, format: csv, columns: { localId: STRING, province: STRING }, primary-key: [localId] }
transforms:
  located:
    from: events
    lookup: { table: places, on: { localId: localId }, select: [province], missing: keep }
  rows: { select: { event_time: event_time, province: province, event: event, deviceId: deviceId, weight: ts - ts + 2 } }
sinks:
  exposures:
    from: rows
    connector: druid
    topic: exposures
    properties.bootstrap.servers: "${kafka.bootstrapServers().join(',')}"
    datasource: exposures
    overlord: ${druid.overlord}
`;
}

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2024, 2, 1, 10, 0);

interface Event {
  readonly minute: number;
  readonly device: number;
}

function lines(events: readonly Event[]): string {
  const line = ({ minute, device }: Event): string => {
    const ts = START_MS + minute * MINUTE_MS + device * 100;
    const row = { ts, deviceId: `d${device}`, localId: String(device % 2), event: 'exposure' };
    return `${JSON.stringify(row)}\n`;
  };
  return events.map(line).join('');
}

const places = '0,Beijing\n1,Hebei\n';

async function specOf() {
  const plan: LogicalPlan = await planOf(pipeline());
  const sink = plan.nodes.find(({ name }) => name === 'exposures');
  if (sink?.kind !== 'sink' || sink.druid === undefined) throw new Error('no druid sink');
  return supervisorSpec(sink.druid);
}

/** Once as many rows as that have been taken in. */
async function perMinute(total: number): Promise<readonly (readonly unknown[])[]> {
  const sql = `SELECT TIME_FORMAT(__time, 'HH:mm'), province, SUM("count"), SUM(weight), APPROX_COUNT_DISTINCT_DS_THETA(deviceId_sketch)
    FROM exposures GROUP BY 1, 2 ORDER BY 1, 2`;
  return waitUntil({ what: `${total} rows in Druid`, timeoutMs: 300_000 }, async () => {
    const rows = await druid.query(sql);
    const seen = (rows ?? []).reduce((sum, [, , count]) => sum + Number(count), 0);
    return rows !== null && seen === total ? rows : undefined;
  });
}

test('rows go in by Kafka and come out by SQL; late ones are rolled up into their minute', async () => {
  const spec = await specOf();
  expect((await submitSupervisor(spec, druid.overlord, platform.http)).action).toBe('created');
  expect((await submitSupervisor(spec, druid.overlord, platform.http)).action).toBe('unchanged');
  const first = [0, 1, 2].flatMap((minute) =>
    [0, 1, 2, 3, 2, 0].map((device) => ({ minute, device })),
  );
  const files = { 'places.csv': places };
  await runPipeline(pipeline(), { ...files, 'in.jsonl': lines(first) });
  expect(await perMinute(first.length)).toEqual(
    ['10:00', '10:01', '10:02'].flatMap((minute) => [
      [minute, 'Beijing', 4, 8, 2],
      [minute, 'Hebei', 2, 4, 2],
    ]),
  );
  const late = [
    { minute: 0, device: 2 },
    { minute: 0, device: 4 },
    { minute: 1, device: 5 },
  ];
  await runPipeline(pipeline(), { ...files, 'in.jsonl': lines(late) });
  expect(await perMinute(first.length + late.length)).toEqual([
    ['10:00', 'Beijing', 6, 12, 3],
    ['10:00', 'Hebei', 2, 4, 2],
    ['10:01', 'Beijing', 4, 8, 2],
    ['10:01', 'Hebei', 3, 6, 3],
    ['10:02', 'Beijing', 4, 8, 2],
    ['10:02', 'Hebei', 2, 4, 2],
  ]);
  expect((await submitSupervisor(spec, druid.overlord, platform.http)).action).toBe('unchanged');
}, 700_000);
