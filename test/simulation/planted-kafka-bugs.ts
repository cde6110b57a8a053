/**
 * Mistakes in how rows are committed to Kafka, which schedules with Kafka must find; planted as those
 * in planted-bugs.ts.
 */
import type { PlantedBug } from './planted-bugs.ts';
import type { Schedule } from './schedule.ts';

const sink = 'src/engine/connector/kafka/sink';

const writes = ({ workload: { kafka } }: Schedule): boolean => kafka?.outPartitions != null;
const writesToSeveral = ({ workload: { kafka } }: Schedule): boolean =>
  (kafka?.outPartitions ?? 0) > 1;

export const plantedKafkaBugs: readonly PlantedBug[] = [
  {
    name: 'marker not in the same transaction',
    world: 'kafka',
    where: writes,
    edits: [
      {
        file: `${sink}/transaction-slot.ts`,
        find: `await this.client.commitOffsetsInTransaction(this.producer, group, [`,
        put: `await this.client.commitOffsets(group, [`,
      },
    ],
  },
  {
    name: 'marker read before initProducerId',
    world: 'kafka',
    where: writes,
    edits: [
      {
        file: `${sink}/slot-protocol.ts`,
        find: `this.afterWait = verdict === 'doubt' ? 'init-producer' : step;`,
        put: `const doubtful = this.task?.kind === 'claim' ? 'init-producer' : 'read-marker';
    this.afterWait = verdict === 'doubt' ? doubtful : step;`,
      },
      {
        file: `${sink}/slot-protocol.ts`,
        find: `        ? this.settle()
        : this.startTransaction();`,
        put: `        ? this.settle()
        : this.enter('init-producer');`,
      },
      {
        file: `${sink}/slot-protocol.ts`,
        find: `return this.enter('read-marker');`,
        put: `return this.task?.kind === 'claim' ? this.enter('read-marker') : this.startTransaction();`,
      },
    ],
  },
  {
    name: 'commit answer lost: sent again without reading the marker',
    world: 'kafka',
    where: writes,
    edits: [
      {
        file: `${sink}/slot-protocol.ts`,
        find: `return this.enter('read-marker');`,
        put: `return this.task?.kind === 'claim' ? this.enter('read-marker') : this.startTransaction();`,
      },
    ],
  },
  {
    name: 'partition chosen again on retry',
    world: 'kafka',
    where: writesToSeveral,
    edits: [
      {
        file: `${sink}/batch-sending.ts`,
        find: `      failures++;`,
        put: `      failures++;
      for (const batch of batches) Object.assign(batch, { partition: 0 });`,
      },
    ],
  },
];
