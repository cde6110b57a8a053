/** State of a window operator that may be written while rows go on (later-windows.ts). */
import type { KeyedState, SlotSection } from './keyed-parts.ts';
import type { OpenWindow } from './open-window.ts';
import type { SlotHolds } from './slot-holds.ts';

export interface HeldSection extends SlotSection {
  /** Of what is a window, or a slice of one. */
  readonly window?: OpenWindow;
  /** Snapshots that still write slots of it. */
  readonly holds: SlotHolds;
}

export interface HeldState extends KeyedState {
  sections(): Iterable<HeldSection>;
}
