/**
 * The rows in flight of one channel as a part of a snapshot, and which of them a subtask gets when
 * they are restored, whatever the parallelism was.
 * Invariant: over all subtasks, each row of a hash or forward exchange goes to exactly one, that of
 * its key; rows of one key that came through one channel keep their order.
 */
import type { Exchange } from '../graph/stream-graph.ts';
import { WATERMARK_MIN, type RowSchema } from '../batch/batch.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { StatePart, SubtaskState } from '../state/state-part.ts';
import { StateReader } from '../state/state-reader.ts';
import { StateWriter } from '../state/state-writer.ts';
import { decodeBatch } from './batch-codec.ts';
import type { KeyTargets } from './key-targets.ts';
import { TransferBatch } from './transfer-batch.ts';

/** Version of the part. */
const FORMAT_VERSION = 1;

/** Restored rows that come through the channel of this position, in their order. */
export interface RestoredRows {
  readonly channel: number;
  readonly transfer: TransferBatch;
}

/** One input of one subtask that is restored. */
export interface RestoredInput {
  readonly input: number;
  readonly schema: RowSchema;
  readonly exchange: Exchange;
  readonly subtask: number;
  readonly parallelism: number;
  /** Channels of the gate; 1 where the producer is chained now. */
  readonly channelCount: number;
  /** Divides rows among the subtasks as they are now; null unless the exchange is by key. */
  readonly targets: KeyTargets | null;
}

type ChannelPart = Extract<StatePart, { readonly kind: 'input-channel' }>;

/** `channelCount`: of the gate; together with the parallelism it says what watermarks stand for. */
export function encodeInFlight(
  schema: RowSchema,
  channelCount: number,
  batches: readonly Uint8Array[],
): Uint8Array {
  const writer = new StateWriter();
  writer.uint8(FORMAT_VERSION);
  writer.uint32(channelCount);
  writer.uint32(schema.length);
  for (const { type } of schema) writer.text(type.root);
  writer.uint32(batches.length);
  for (const batch of batches) writer.bytes(batch);
  return writer.finish();
}

/** What one subtask gets of the rows that were in flight; `old`: what all subtasks had written. */
export function restoreInFlight(
  old: readonly SubtaskState[],
  restored: RestoredInput,
): readonly RestoredRows[] {
  const { exchange, parallelism, channelCount } = restored;
  const isRescaled = old.length !== parallelism;
  const isDivided = exchange.kind === 'hash' && isRescaled;
  return partsFor(old, restored).flatMap(({ fromSubtask, bytes }) => {
    const decoded = decodeInFlight(bytes, restored.schema);
    return decoded.batches.flatMap((transfer) => {
      if (isRescaled || decoded.channelCount !== channelCount) forgetWatermarks(transfer);
      const own = isDivided ? ownRows(transfer, restored) : transfer;
      return own === null ? [] : [{ channel: fromSubtask % channelCount, transfer: own }];
    });
  });
}

/** The parts that hold rows of this subtask. */
function partsFor(
  old: readonly SubtaskState[],
  { input, exchange, subtask, parallelism }: RestoredInput,
): readonly ChannelPart[] {
  const ofInput = (state: SubtaskState): readonly ChannelPart[] =>
    state.parts.flatMap((part) =>
      part.kind === 'input-channel' && part.input === input ? [part] : [],
    );
  switch (exchange.kind) {
    case 'broadcast':
      // State made of broadcast rows is that of the first subtask, so these are its rows, too.
      return old.slice(0, 1).flatMap(ofInput);
    case 'hash':
      if (old.length !== parallelism) return old.flatMap(ofInput);
      return old.filter((state) => state.subtask === subtask).flatMap(ofInput);
    case 'forward':
      return old.filter((state) => state.subtask % parallelism === subtask).flatMap(ofInput);
  }
}

function decodeInFlight(
  bytes: Uint8Array,
  schema: RowSchema,
): { readonly channelCount: number; readonly batches: readonly TransferBatch[] } {
  const reader = new StateReader(bytes);
  const version = reader.uint8();
  if (version !== FORMAT_VERSION) throw corruptState(`rows in flight of format ${version}`);
  const channelCount = reader.uint32();
  const columnCount = reader.uint32();
  if (columnCount !== schema.length) {
    throw corruptState(`rows in flight have ${columnCount} columns instead of ${schema.length}`);
  }
  for (const { name, type } of schema) {
    const root = reader.text();
    if (root === type.root) continue;
    throw corruptState(`rows in flight have a column ${name} of ${root} instead of ${type.root}`);
  }
  const batches: TransferBatch[] = [];
  for (let left = reader.uint32(); left > 0; left--) {
    batches.push(decodeBatch(reader.bytes(), schema));
  }
  if (!reader.isAtEnd) throw corruptState('it goes on behind rows in flight');
  return { channelCount, batches };
}

/** The rows of a batch whose keys this subtask owns; null: none. */
function ownRows(
  { batch }: TransferBatch,
  { schema, subtask, targets }: RestoredInput,
): TransferBatch | null {
  if (targets === null) return null;
  targets.read(batch);
  const rows = new Int32Array(batch.rowCount);
  let count = 0;
  for (let row = 0; row < batch.rowCount; row++) {
    if (targets.targets[row] === subtask) rows[count++] = row;
  }
  if (count === 0) return null;
  const own = new TransferBatch(schema, count, null);
  own.append(batch, { rows, count });
  return own;
}

/**
 * What a row was judged by in one channel says nothing in another, whose rows may be further back.
 * It is then judged by the watermark that all operators had seen, which makes none late that was not.
 */
function forgetWatermarks({ batch }: TransferBatch): void {
  batch.watermarksBefore?.fill(WATERMARK_MIN);
}
