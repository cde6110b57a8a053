/**
 * What a power failure leaves on a simulated disk. Each mode is one way in which real file systems
 * have lost, kept or torn what was not yet synced; `any` draws one of the others.
 */
import type { DiskImage, DiskOperation, TruncateOperation, WriteOperation } from './disk-image.ts';
import { withDependencies } from './disk-order.ts';
import type { SeededRandom } from './random.ts';

export const crashModes = [
  /** Nothing that was not synced is left. */
  'lose-unsynced',
  /** All is left, as if it had been synced. */
  'keep-all',
  /** Of each file's writes and of each folder's names some first part is left. */
  'random-prefix',
  /** All is left, but of each file's last write only some bytes or blocks. */
  'torn-last-write',
  /** Names are left, the bytes behind them are not: files are empty or old. */
  'rename-without-data',
  /** Bytes and new names are left, renames are not. */
  'rename-lost',
] as const;

export type CrashMode = (typeof crashModes)[number];

/** Sectors and pages: the units in which disks and file systems write. */
const BLOCK_BYTES = [512, 4096] as const;

export interface CrashInput {
  /** Changed into what the crash leaves. */
  readonly durable: DiskImage;
  readonly pending: readonly DiskOperation[];
  readonly random: SeededRandom;
}

/** The disk's content after a crash of this mode. */
export function crashedImage(mode: CrashMode, input: CrashInput): DiskImage {
  const left = operationsLeft(mode, input);
  for (const operation of left) input.durable.apply(operation);
  return input.durable;
}

function operationsLeft(mode: CrashMode, input: CrashInput): readonly DiskOperation[] {
  const { pending } = input;
  switch (mode) {
    case 'lose-unsynced':
      return [];
    case 'keep-all':
      return pending;
    case 'random-prefix':
      return randomPrefix(input);
    case 'torn-last-write':
      return tearLastWrites(input);
    case 'rename-without-data':
      return pending.filter((operation) => !isData(operation));
    case 'rename-lost':
      return pending.filter((operation) => operation.kind !== 'rename');
  }
}

function randomPrefix({ pending, random }: CrashInput): readonly DiskOperation[] {
  const countOf = new Map<string, number>();
  for (const operation of pending) {
    const group = groupOf(operation);
    countOf.set(group, (countOf.get(group) ?? 0) + 1);
  }
  const leftOf = new Map<string, number>();
  for (const [group, count] of countOf) leftOf.set(group, random.index(count + 1));
  return prefixOf(pending, leftOf);
}

/** The first so many operations of each group, and what they depend on. */
export function prefixOf(
  pending: readonly DiskOperation[],
  leftOf: ReadonlyMap<string, number>,
): DiskOperation[] {
  const seenOf = new Map<string, number>();
  const isLeft = pending.map((operation) => {
    const group = groupOf(operation);
    const seen = seenOf.get(group) ?? 0;
    seenOf.set(group, seen + 1);
    return seen < (leftOf.get(group) ?? 0);
  });
  return withDependencies(pending, (_, index) => isLeft[index] ?? false);
}

/** Operations of one group reach the disk in their order: one file's bytes, one folder's names. */
export function groupOf(operation: DiskOperation): string {
  return isData(operation) ? `file ${operation.file}` : `folder ${operation.folder}`;
}

function tearLastWrites({ pending, random }: CrashInput): readonly DiskOperation[] {
  const lastOf = new Map<number, DiskOperation>();
  for (const operation of pending) {
    if (operation.kind === 'write') lastOf.set(operation.file, operation);
  }
  return pending.flatMap((operation): readonly DiskOperation[] =>
    operation.kind === 'write' && lastOf.get(operation.file) === operation
      ? tear(operation, random)
      : [operation],
  );
}

/** A first part of the write, or some of its blocks. */
function tear(write: WriteOperation, random: SeededRandom): readonly WriteOperation[] {
  if (random.chance(0.5)) return [cutWrite(write, 0, random.index(write.bytes.length))];
  const blockBytes = BLOCK_BYTES[random.index(BLOCK_BYTES.length)] ?? BLOCK_BYTES[0];
  const parts: WriteOperation[] = [];
  // Blocks lie at multiples of their size in the file, not in the write.
  for (let at = 0; at < write.bytes.length;) {
    const toBoundary = blockBytes - ((write.offset + at) % blockBytes);
    const end = Math.min(write.bytes.length, at + toBoundary);
    if (random.chance(0.5)) parts.push(cutWrite(write, at, end));
    at = end;
  }
  return parts;
}

export function cutWrite(write: WriteOperation, start: number, end: number): WriteOperation {
  return { ...write, offset: write.offset + start, bytes: write.bytes.subarray(start, end) };
}

export function isData(operation: DiskOperation): operation is WriteOperation | TruncateOperation {
  return operation.kind === 'write' || operation.kind === 'truncate';
}
