import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProcessFunction } from '../../../../src/engine/process/process-function.ts';
import { withRealWorldShut } from '../../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { recoveryWith } from '../../../support/checkpointed-job.ts';
import { newTopic } from '../../../support/kafka-client.ts';
import { MemoryStorage } from '../../../support/memory-storage.ts';
import { runs } from '../../../support/property-runs.ts';
import { startSimulated } from '../../../support/simulated-job.ts';
import { committedValues } from './sink/kafka-sink-job.ts';

const ROWS = 60;
const PARTITIONS = 2;

const pipeline = (guarantee: string): string => `
pipeline: { name: copy }
sources:
  events:
    connector: filesystem
    path: ./in
    format: json
    columns: { id: BIGINT }
transforms:
  passed:
    process:
      module: ./pass.js
      key-by: [id]
      columns: { id: BIGINT }
sinks:
  out:
    from: passed
    connector: kafka
    topic: out
    properties.bootstrap.servers: kafka-0:9092
    properties.request.timeout.ms: 1000
    format: json
    sink.delivery-guarantee: ${guarantee}
    sink.transactional-id-prefix: copy
`;

/** Passes rows on; throws at these ids, each time that one comes for the first time. */
function failing(throwsAt: readonly number[]): ProcessFunction {
  const left = new Set(throwsAt);
  return {
    processElement(row, _context, out) {
      const id = Number(row['id']);
      if (left.delete(id)) throw new Error(`no more after ${id}`);
      out.collect({ id: row['id'] ?? null });
    },
  };
}

const files = {
  'in/a.jsonl': Array.from({ length: ROWS }, (_, id) => `{"id": ${id}}\n`).join(''),
};
const expected = Array.from({ length: ROWS }, (_, id) => `{"id":${id}}`).sort();

interface JobSettings {
  readonly seed: number;
  readonly parallelism: number;
  readonly intervalMs: number;
  readonly throwsAt: readonly number[];
  readonly faultShare: number;
}

async function runJob(guarantee: string, settings: JobSettings): Promise<readonly string[]> {
  const { seed, parallelism, intervalMs, throwsAt, faultShare } = settings;
  return withRealWorldShut(async () => {
    const recovery = recoveryWith(new MemoryStorage(), { intervalMs });
    const topics = [newTopic('out', { partitionCount: PARTITIONS })];
    const modules = { '/work/pass.js': failing(throwsAt) };
    const { platform, handle } = await startSimulated(
      { pipeline: pipeline(guarantee), files, parallelism, recovery },
      { seed, modules, kafka: { brokerCount: 1, topics } },
    );
    const { faults } = platform.kafkaCluster;
    faults.setShares({ 'answer-lost': faultShare, refused: faultShare, lost: faultShare });
    await platform.drive(handle.done);
    faults.clear();
    const values = await platform.drive(settledValues(platform));
    return values.map((value) => value ?? '').sort();
  });
}

/** A committed transaction shows in its partitions some time after the answer. */
async function settledValues(platform: SimulatedPlatform): Promise<readonly (string | null)[]> {
  await new Promise<void>((resolve) => {
    platform.timers.after(600_000, resolve);
  });
  return committedValues(platform);
}

const settings = fc.record({
  seed: fc.nat(),
  parallelism: fc.integer({ min: 1, max: 3 }),
  intervalMs: fc.integer({ min: 20, max: 100 }),
  throwsAt: fc.uniqueArray(fc.nat(ROWS), { maxLength: 4 }),
  faultShare: fc.constantFrom(0, 0.05),
});

test('a job that fails again and again writes each row once', async () => {
  await fc.assert(
    fc.asyncProperty(settings, async (drawn) => {
      expect(await runJob('exactly-once', drawn)).toEqual(expected);
    }),
    { numRuns: runs(10) },
  );
});

test('a job that promises less loses no row', async () => {
  await fc.assert(
    fc.asyncProperty(settings, async (drawn) => {
      const rows = await runJob('at-least-once', drawn);
      expect([...new Set(rows)]).toEqual(expected);
    }),
    { numRuns: runs(5) },
  );
});

test('a job without checkpoints writes its rows at its end', async () => {
  await withRealWorldShut(async () => {
    const topics = [newTopic('out', { partitionCount: PARTITIONS })];
    const { platform, handle } = await startSimulated(
      { pipeline: pipeline('exactly-once'), files },
      { seed: 1, modules: { '/work/pass.js': failing([]) }, kafka: { brokerCount: 1, topics } },
    );
    await platform.drive(handle.done);
    const values = await platform.drive(settledValues(platform));
    expect(values.map((value) => value ?? '').sort()).toEqual(expected);
  });
});
