import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runExactlyOnce } from '../../bench/exactly-once-run.ts';
import { loadModules, startJob } from '../../src/engine/minicluster.ts';
import { toStreamGraph } from '../../src/pipeline/to-engine/stream-graph.ts';
import { createRealPlatform } from '../../src/platform/real/real-platform.ts';
import { givenKafka } from '../peers/kafka-under-test.ts';
import { planOf } from '../pipeline/load-text.ts';
import type { KafkaClient } from '../../src/platform/kafka.ts';
import { leaderOf } from '../support/kafka-client.ts';
import { client, freshName, freshTopic, valuesOf } from './clients.ts';

function pipelineOf(topic: string, options: string): string {
  return `pipeline: { name: rows }
sources:
  s: { connector: filesystem, path: ./rows.jsonl, format: json, columns: { id: BIGINT, text: STRING } }
sinks:
  out:
    from: s
    connector: kafka
    topic: ${topic}
    properties.bootstrap.servers: ${givenKafka().servers.PLAINTEXT.join(',')}
    properties.delivery.timeout.ms: 20000
    format: json
${options.replaceAll(/^/gm, '    ')}
`;
}

/** Runs the rows to their end. Rejects with what ends the job. */
async function runRows(
  topic: string,
  options: string,
  rows: readonly { readonly id: number; readonly text: string }[],
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-sink-'));
  try {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
    writeFileSync(join(folder, 'rows.jsonl'), lines.join(''));
    const platform = createRealPlatform();
    const plan = await planOf(pipelineOf(topic, options), { folder, workingDirectory: folder });
    const graph = toStreamGraph(plan);
    const modules = await loadModules(graph, platform);
    await startJob(graph, platform, { modules }).done;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Values of all partitions, of committed records alone: nothing is aborted in these topics. */
async function readCommitted(
  kafka: KafkaClient,
  topic: string,
  partitionCount: number,
): Promise<readonly string[]> {
  const values: string[] = [];
  for (let partition = 0; partition < partitionCount; partition++) {
    const place = { topic, partition };
    const node = await leaderOf(kafka, place);
    const maxBytes = 10_000_000;
    const [fetched] = await kafka.fetch(node, {
      isolationLevel: 'read_committed',
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes,
      partitions: [{ ...place, offset: 0, maxBytes }],
    });
    values.push(...valuesOf(fetched?.records ?? new Uint8Array(0)));
  }
  return values;
}

const PARTITIONS = 3;
const rows = Array.from({ length: 500 }, (_, id) => ({ id, text: `row ${id}` }));

describe('a job that writes to a real cluster', () => {
  it.each([
    ['at least once', 'sink.delivery-guarantee: at-least-once'],
    ['with no promise', 'sink.delivery-guarantee: none\nproperties.acks: 1'],
    ['exactly once', 'sink.delivery-guarantee: exactly-once\nsink.transactional-id-prefix: NAME'],
    ['compressed', 'properties.compression.type: lz4'],
    ['by a column', 'partition-by: [text]'],
  ])('writes each row %s', async (_, options) => {
    const kafka = client();
    const { name } = await freshTopic(kafka, PARTITIONS);
    await runRows(name, options.replace('NAME', freshName('sink')), rows);
    const values = await readCommitted(kafka, name, PARTITIONS);
    const ids = values.map((value) => (JSON.parse(value) as { readonly id: number }).id);
    expect(ids.sort((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
  });

  it('says that the topic is not there', async () => {
    await expect(runRows(freshName('nowhere'), '', rows)).rejects.toMatchObject({
      code: 'DREY_KAFKA_TOPIC_NOT_FOUND',
    });
  });

  it('says that a record is larger than the topic takes', async () => {
    const { name } = await freshTopic(client(), 1, { 'max.message.bytes': '2000' });
    await runRows(name, '', rows);
    const large = [{ id: 1, text: 'x'.repeat(5_000) }];
    await expect(runRows(name, '', large)).rejects.toMatchObject({
      code: 'DREY_KAFKA_RECORD_TOO_LARGE',
    });
  });
});

describe('drey that is killed', () => {
  it('writes each row once', async () => {
    const kafka = client();
    const { name: topic } = await freshTopic(kafka, 4);
    const counted = await runExactlyOnce({
      brokers: [],
      bootstrapServers: givenKafka().servers.PLAINTEXT,
      topic,
      rowCount: 10_000,
      rowsPerSecond: 1_500,
      kills: 3,
      brokerKills: 0,
      seed: 1,
      say: () => undefined,
    });
    expect(counted).toMatchObject({ lost: 0, doubled: 0, seen: 10_000, kills: 3 });
  });
});
