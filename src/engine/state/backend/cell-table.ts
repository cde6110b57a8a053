/**
 * What snapshots see of a table of keyed state: cells, each a value, an element of a list, an entry
 * of a map or a timer. A cell has a slot, a key, a name below its key (nothing, the number of an
 * element, the key of an entry, the time of a timer), and a content.
 * Invariant: a cell keeps its slot as long as it lives.
 */
import type { ByteSink } from './byte-sink.ts';
import type { ByteSource } from './byte-source.ts';
import type { CellLog } from './cell-log.ts';

export type CellTableKind =
  'value' | 'list' | 'map' | 'reducing' | 'aggregating' | 'event-timers' | 'processing-timers';

export interface CellTable {
  readonly kind: CellTableKind;
  /** Null until the table belongs to a backend. */
  log: CellLog | null;
  /** All slots in use are below this. */
  readonly slotLimit: number;
  holdsSlot(slot: number): boolean;
  /** Id of the key of a slot in use. */
  keyOfSlot(slot: number): number;
  /** A snapshot that holds all cells leaves this one out: its life is over. */
  isLeftOut(slot: number, nowMs: number): boolean;
  /** Name and content, as `putCell` reads them. */
  writeCell(sink: ByteSink, slot: number): void;
  /** The name alone, as `dropCell` reads it. */
  writeName(sink: ByteSink, slot: number): void;
  /** Takes in a cell of a snapshot, in the place of one of this name; its slot. */
  putCell(key: number, source: ByteSource): number;
  dropCell(key: number, source: ByteSource): void;
  dropKey(key: number): void;
  /** Sets used[key] to 1 for each key that has a cell. */
  markKeys(used: Uint8Array): void;
}
