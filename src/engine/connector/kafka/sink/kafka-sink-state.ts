/**
 * What a subtask of an exactly-once sink writes into a snapshot: all rows that are not committed yet,
 * of this checkpoint and of earlier ones, since these may never complete, and under which names
 * they are to be committed.
 * Invariant: whatever the parallelism becomes, each slot is taken over by exactly one subtask.
 */
import { corruptState } from '../../../state/corrupt-state.ts';
import type { RestoredState } from '../../../state/operator-snapshot.ts';
import type { StateReader } from '../../../state/state-reader.ts';
import type { StateWriter } from '../../../state/state-writer.ts';
import type { OutgoingBatch } from './outgoing-batch.ts';
import type { PendingEpoch } from './transaction-slot.ts';

export interface SlotNames {
  readonly transactionalIdPrefix: string;
  readonly topic: string;
}

export interface KafkaSinkState {
  readonly names: SlotNames;
  /** In the order in which they were written. */
  readonly pending: readonly PendingEpoch[];
}

/** What a slot of the snapshot has left. */
export interface RestoredSlot extends KafkaSinkState {
  /** The subtask that wrote to it. */
  readonly slot: number;
}

/** Name of the part of a snapshot. */
export const KAFKA_SINK_STATE = 'epochs';
const VERSION = 1;
/** Run, generation, epoch and the number of batches. */
const EPOCH_BYTES_MIN = 4 + 8 + 8 + 4;
/** Partition, number of records, bytes. */
const BATCH_BYTES_MIN = 4 + 4 + 4;

export function writeKafkaSinkState(writer: StateWriter, { names, pending }: KafkaSinkState): void {
  writer.uint8(VERSION);
  writer.text(names.transactionalIdPrefix);
  writer.text(names.topic);
  writer.uint32(pending.length);
  for (const { label, batches } of pending) {
    writer.text(label.run);
    writer.float64(label.generation);
    writer.float64(label.epoch);
    writer.uint32(batches.length);
    for (const { partition, recordCount, records } of batches) {
      writer.uint32(partition);
      writer.uint32(recordCount);
      writer.bytes(records);
    }
  }
}

export function readKafkaSinkState(reader: StateReader): KafkaSinkState {
  const version = reader.uint8();
  if (version !== VERSION) throw corruptState(`a Kafka sink's state has version ${version}`);
  const names = { transactionalIdPrefix: reader.text(), topic: reader.text() };
  const pending = Array.from({ length: reader.count(EPOCH_BYTES_MIN) }, () => readEpoch(reader));
  return { names, pending };
}

/** The subtasks share out the slots that the subtasks of the snapshot had. */
export function restoredSlots(restored: RestoredState): readonly RestoredSlot[] {
  const { subtask, parallelism } = restored;
  return restored
    .unionList(KAFKA_SINK_STATE)
    .filter((element) => element.subtask % parallelism === subtask)
    .map((element) => ({ slot: element.subtask, ...readKafkaSinkState(element.reader) }));
}

function readEpoch(reader: StateReader): PendingEpoch {
  const label = { run: reader.text(), generation: reader.float64(), epoch: reader.float64() };
  const batches = Array.from({ length: reader.count(BATCH_BYTES_MIN) }, () => readBatch(reader));
  return { label, batches };
}

function readBatch(reader: StateReader): OutgoingBatch {
  return { partition: reader.uint32(), recordCount: reader.uint32(), records: reader.bytes() };
}
