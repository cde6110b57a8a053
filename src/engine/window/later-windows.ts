/**
 * The groups of windows, written into a snapshot while rows go on. All windows at a barrier are one
 * row of slots, window after window; a group that is about to change is written first, the others
 * run by run, and large sets of ids after them in pieces.
 * Invariant: a window that is over is kept, with its keys and ids, until the snapshots that hold it
 * have written it.
 */
import type {
  Accumulator,
  FrozenGroups,
  GroupPiece,
  SlotsSource,
} from '../function/accumulator.ts';
import type { KeyDictionary } from '../state/key-dictionary.ts';
import { SlotsSnapshot } from '../state/later-slots.ts';
import type { LaterState, LaterWriter, SnapshotWriter } from '../state/operator-snapshot.ts';
import { StateWriter } from '../state/state-writer.ts';
import type { HeldSection } from './held-state.ts';
import {
  KeyedRunWriter,
  NO_KEY,
  type Dictionaries,
  type KeyedState,
  type SectionRun,
} from './keyed-parts.ts';
import type { OpenWindow } from './open-window.ts';
import type { SlotHold } from './slot-holds.ts';

/** Ids of a set that take about as long as a group. */
const IDS_PER_GROUP = 8;
/**
 * Up to so many groups windows are written at the barrier: some 20 ms, as long as a turn of writing
 * later. A batch touches most groups of a window, so what is written later is written in the next
 * one, and each such snapshot costs compiled code and short-lived buffers.
 */
const BARRIER_GROUPS_MAX = 32_768;

export class LaterWindows {
  private readonly dictionaries: Dictionaries;
  private readonly barrierIdsMax: number;
  private readonly underWay = new Set<WindowsSnapshot>();

  constructor(dictionaries: Dictionaries, barrierIdsMax = BARRIER_GROUPS_MAX) {
    this.dictionaries = dictionaries;
    this.barrierIdsMax = barrierIdsMax;
  }

  /** Whether these are too large for the barrier. */
  isLarge(sections: readonly HeldSection[]): boolean {
    let groups = 0;
    for (const { keys, window } of sections) {
      groups += keys().length;
      for (const { heldIds = 0 } of window?.accumulators ?? []) groups += heldIds / IDS_PER_GROUP;
    }
    return groups > this.barrierIdsMax;
  }

  /** At the barrier; what `state` writes in front of each part stays as it is now. */
  begin(
    snapshot: SnapshotWriter,
    sections: readonly HeldSection[],
    state: Pick<KeyedState, 'writeHead'>,
  ): void {
    const { dictionaries } = this;
    const head = new StateWriter();
    state.writeHead?.(head);
    const headBytes = head.finish();
    const runs = new KeyedRunWriter(dictionaries, {
      writeHead: (body) => {
        body.append(headBytes);
      },
    });
    const groupCount = snapshot.maxParallelism;
    const onEnd = (): void => {
      this.underWay.delete(later);
    };
    const later = new WindowsSnapshot({
      keys: dictionaries.keys,
      groupCount,
      sections,
      runs,
      onEnd,
    });
    this.underWay.add(later);
    snapshot.later(later);
  }

  /** Those that snapshots hold; they may be over. */
  *windows(): Iterable<OpenWindow> {
    for (const later of this.underWay) yield* later.windows();
  }
}

interface WindowsPlace {
  readonly keys: KeyDictionary;
  readonly groupCount: number;
  readonly sections: readonly HeldSection[];
  readonly runs: KeyedRunWriter;
  readonly onEnd: () => void;
}

/** A section, and which of the snapshot's slots are its. */
interface PlacedSection {
  readonly section: HeldSection;
  readonly hold: SlotHold;
}

/** Of a group that is written in pieces. */
interface SectionPiece {
  readonly piece: GroupPiece;
  readonly held: PlacedSection;
  readonly window: OpenWindow;
  readonly accumulator: Accumulator;
}

class WindowsSnapshot implements LaterState {
  private readonly place: WindowsPlace;
  private readonly held: readonly PlacedSection[];
  private readonly slots: SlotsSnapshot;
  private readonly frozen = new Map<Accumulator, FrozenGroups>();
  private readonly pieces: Iterator<SectionPiece, void>;
  /** The section that was asked for last. */
  private last = 0;

  constructor(place: WindowsPlace) {
    this.place = place;
    let first = 0;
    this.held = place.sections.map((section) => {
      const slotCount = section.keys().length;
      const hold: SlotHold = { first, slotCount, beforeChange: this.beforeChange };
      first += slotCount;
      section.holds.add(hold);
      return { section, hold };
    });
    for (const accumulator of place.sections.flatMap(accumulatorsOf)) {
      const groups = accumulator.freeze?.();
      if (groups !== undefined) this.frozen.set(accumulator, groups);
    }
    this.slots = new SlotsSnapshot(
      {
        idLimit: first,
        isIn: (number) => this.keyOf(number) !== NO_KEY,
        groupsOf: (numbers, groupCount) =>
          place.keys.groupsOf(
            numbers.map((number) => this.keyOf(number)),
            groupCount,
          ),
        writeRun: (writer, numbers) => {
          place.runs.write(writer, this.runsOf(numbers), this.sourceOf);
        },
      },
      { groupCount: place.groupCount, onEnd: place.onEnd },
    );
    this.pieces = this.allPieces();
  }

  *windows(): Iterable<OpenWindow> {
    for (const { window } of this.place.sections) if (window !== undefined) yield window;
  }

  writeNext(writer: LaterWriter): boolean {
    if (this.slots.writeNext(writer)) return true;
    const next = this.pieces.next();
    if (next.done === true) return false;
    this.writePiece(next.value, writer);
    return true;
  }

  async settled(): Promise<void> {
    // Nothing is written in the background.
  }

  end(): void {
    this.slots.end();
    for (const groups of this.frozen.values()) groups.release();
    for (const { section, hold } of this.held) section.holds.delete(hold);
  }

  private readonly beforeChange = (numbers: Int32Array, count: number): void => {
    this.slots.beforeChange(numbers, count);
  };

  private readonly sourceOf = (accumulator: Accumulator): SlotsSource =>
    this.frozen.get(accumulator) ?? accumulator;

  /** The section that has this slot of the snapshot. */
  private at(number: number): PlacedSection {
    const { held } = this;
    let index = this.last;
    while (number < held[index]!.hold.first) index--;
    while (number >= held[index]!.hold.first + held[index]!.hold.slotCount) index++;
    this.last = index;
    return held[index]!;
  }

  private keyOf(number: number): number {
    const { section, hold } = this.at(number);
    const slot = number - hold.first;
    return section.window === undefined ? section.keys()[slot]! : section.window.keyAt(slot);
  }

  /** Ascending slots of the snapshot, by section. */
  private runsOf(numbers: Int32Array): readonly SectionRun[] {
    const runs: SectionRun[] = [];
    let from = 0;
    while (from < numbers.length) {
      const { section, hold } = this.at(numbers[from]!);
      const end = hold.first + hold.slotCount;
      let to = from + 1;
      while (to < numbers.length && numbers[to]! < end) to++;
      runs.push({ section, slots: numbers.slice(from, to).map((number) => number - hold.first) });
      from = to;
    }
    return runs;
  }

  private *allPieces(): Generator<SectionPiece, void> {
    for (const held of this.held) {
      const { window } = held.section;
      if (window === undefined) continue;
      for (const accumulator of window.accumulators) {
        for (const piece of this.frozen.get(accumulator)?.pieces() ?? []) {
          yield { piece, held, window, accumulator };
        }
      }
    }
  }

  /** As a group that holds nothing else; it is united with the rest when it is read. */
  private writePiece(
    { piece, held, window, accumulator }: SectionPiece,
    writer: LaterWriter,
  ): void {
    const { place } = this;
    const { slot } = piece;
    const key = Int32Array.of(window.keyAt(slot));
    const group = place.keys.groupsOf(key, place.groupCount)[0]!;
    const empty = window.empty();
    const sourceOf = (asked: Accumulator): SlotsSource =>
      asked === accumulator
        ? piece
        : emptyGroup(empty.accumulators[window.accumulators.indexOf(asked)]!);
    const run = { section: held.section, slots: Int32Array.of(slot) };
    place.runs.write(writer.keyGroup(group), [run], sourceOf);
    empty.release();
  }
}

function accumulatorsOf({ window }: HeldSection): readonly Accumulator[] {
  return window?.accumulators ?? [];
}

/** Writes a group that has seen nothing. */
function emptyGroup(accumulator: Accumulator): SlotsSource {
  accumulator.ensureSlots(1);
  return {
    writeSlots: (writer, _slots, ids) => {
      accumulator.writeSlots(writer, Int32Array.of(0), ids);
    },
  };
}
