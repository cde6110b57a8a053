/**
 * The rows of a topic as a reader of committed records will see them: those of transactions that
 * are committed, also where it is decided and the markers are still on their way.
 */
import { BATCH_HEADER_BYTES, readBatchHeader } from '../../src/kafka/batch-header.ts';
import { RecordSlices } from '../../src/kafka/record-slices.ts';
import type { SimulatedCluster } from '../../src/platform/simulated/kafka/cluster.ts';
import type { PartitionLog } from '../../src/platform/simulated/kafka/partition-log.ts';
import type { KafkaPlan } from './workload-plan.ts';

export const outputTopic = 'out';

/** Without it a sink has nowhere to write. */
export function createOutput(cluster: SimulatedCluster, plan: KafkaPlan): void {
  if (plan.outPartitions === null) return;
  cluster.topics.create({
    name: outputTopic,
    partitionCount: plan.outPartitions,
    replicationFactor: plan.brokerCount,
    configuration: {},
  });
}

const WHOLE = {
  sizeBytesMax: Number.MAX_SAFE_INTEGER,
  isolationLevel: 'read_uncommitted',
  isFirstWhole: true,
} as const;

export function committedLines(cluster: SimulatedCluster): readonly string[] {
  const { partitions = [] } = cluster.topics.find(outputTopic) ?? {};
  return partitions.flatMap(({ log }) => linesOf(log, cluster));
}

function linesOf(log: PartitionLog, cluster: SimulatedCluster): readonly string[] {
  const { records } = log.read(log.logStart, WHOLE);
  const lines: string[] = [];
  const open = new Map<number, string[]>();
  for (let at = 0; at < records.length;) {
    const header = readBatchHeader(records, at);
    if (header === null) break;
    const end = at + header.sizeBytes;
    const slices = new RecordSlices();
    slices.read(records, at + BATCH_HEADER_BYTES, end, header.recordCount);
    const { producerId } = header;
    if (header.isControl) {
      const isCommit = records[(slices.keyStart[0] ?? 0) + 3] === 1;
      if (isCommit) lines.push(...(open.get(producerId) ?? []));
      open.delete(producerId);
    } else {
      const values = valuesOf(records, slices);
      if (!header.isTransactional) lines.push(...values);
      else open.set(producerId, [...(open.get(producerId) ?? []), ...values]);
    }
    at = end;
  }
  for (const [producerId, values] of open) {
    const { coordinator } = cluster.transactions;
    if (coordinator.endingOf(producerId) === 'commit') lines.push(...values);
  }
  return lines;
}

function valuesOf(records: Uint8Array, slices: RecordSlices): readonly string[] {
  return Array.from({ length: slices.count }, (_, index) => {
    const start = slices.valueStart[index] ?? 0;
    const value = records.subarray(start, start + (slices.valueLength[index] ?? 0));
    return new TextDecoder().decode(value);
  });
}
