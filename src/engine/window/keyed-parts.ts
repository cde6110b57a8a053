/**
 * The keyed state of a window operator in a snapshot: a part for each key group, which says all
 * about its groups and may be read by any subtask. A part: version; the keys and the operands that
 * it refers to; a head of the operator's; then sections, each a window or the like with some slots.
 * What is written later repeats this for each run.
 * Invariant: a slot is written in the part of its key's group, and nowhere else.
 */
import { corruptState } from '../state/corrupt-state.ts';
import { ExpectedKeys } from '../state/expected-keys.ts';
import type { KeyDictionary } from '../state/key-dictionary.ts';
import { LocalIdReader, LocalIdWriter } from '../state/local-ids.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { StateReader } from '../state/state-reader.ts';
import { StateWriter } from '../state/state-writer.ts';
import type { AggregateInputs } from './aggregate-inputs.ts';

/** What a section is written with. */
export interface PartWriter {
  readonly body: StateWriter;
  readonly keys: LocalIdWriter;
  /** By aggregate: ids of its operand; null where it keeps none. */
  readonly operands: readonly (LocalIdWriter | null)[];
}

/** What a section is read with. */
export interface PartReader {
  readonly body: StateReader;
  readonly keys: LocalIdReader;
  readonly operands: readonly (LocalIdReader | null)[];
}

/** Groups with a slot each: a window, a slice of one, all sessions. */
export interface SlotSection {
  /** Key id by slot; NO_KEY: the slot is not in use. */
  readonly keys: Int32Array;
  /** Writes what the section is, and these slots of it. */
  write(part: PartWriter, slots: Int32Array): void;
}

/** The state of one operator. */
export interface KeyedState {
  sections(): Iterable<SlotSection>;
  /** Writes what the operator says once in each part. */
  writeHead?(body: StateWriter): void;
  readHead?(body: StateReader): void;
  /** Makes room for keys with ids below this, which are to come in a restore; an estimate. */
  expectKeys?(idLimit: number): void;
  /** Reads a section that was written; others may have brought slots of the same window. */
  readSection(part: PartReader): void;
}

/** A slot without a group. */
export const NO_KEY = -1;

/** What a part has besides keys and body, but for lengths of keys: an estimate. */
const HEAD_BYTES = 256;
/** Of the layout of a part. */
const VERSION = 1;

/** The dictionaries of the operator. */
interface Dictionaries {
  readonly keys: KeyDictionary;
  readonly inputs: AggregateInputs;
}

export function writeKeyedParts(
  snapshot: SnapshotWriter,
  { keys, inputs }: Dictionaries,
  state: KeyedState,
): void {
  const sections = Array.from(state.sections(), (section) =>
    sortByGroup(section, keys, snapshot.maxParallelism),
  );
  const writer = new KeyedRunWriter({ keys, inputs }, state);
  for (let group = 0; group < snapshot.maxParallelism; group++) {
    const held = sections.filter(({ ends }) => startOf(ends, group) < ends[group]!);
    if (held.length === 0) continue;
    const runs = held.map(({ section, slots, ends }) => ({
      section,
      slots: slots.subarray(startOf(ends, group), ends[group]),
    }));
    writer.write(snapshot.keyGroup(group), runs);
  }
}

/** Slots of one key group in a section. */
export interface SectionRun {
  readonly section: Pick<SlotSection, 'write'>;
  readonly slots: Int32Array;
}

/**
 * Writes slots of one key group at a time, each with what it refers to. Keys and operands are those
 * that the dictionaries had when it was made; others may have come since.
 */
export class KeyedRunWriter {
  private readonly state: KeyedState;
  private readonly part: PartWriter;
  private readonly ids: readonly LocalIdWriter[];

  constructor({ keys, inputs }: Dictionaries, state: KeyedState) {
    const operands = inputs.dictionaries.map((dictionary) => new LocalIdWriter(dictionary));
    this.state = state;
    this.part = {
      body: new StateWriter(),
      keys: new LocalIdWriter(keys),
      operands: inputs.dictionaryIndexes.map((index) => (index === null ? null : operands[index]!)),
    };
    this.ids = [this.part.keys, ...operands];
  }

  /** Behind what the writer has. */
  write(writer: StateWriter, runs: readonly SectionRun[]): void {
    const { ids, part } = this;
    for (const each of ids) each.beginPart();
    part.body.reset();
    this.state.writeHead?.(part.body);
    part.body.uint32(runs.length);
    for (const { section, slots } of runs) section.write(part, slots);
    const sizes = ids.map((each) => each.keysSizeBytes());
    writer.expect(sizes.reduce((sum, size) => sum + size, part.body.written().length + HEAD_BYTES));
    writer.uint8(VERSION);
    for (const each of ids) each.writeKeys(writer);
    writer.bytes(part.body.written());
  }
}

export function readKeyedParts(
  restored: RestoredState,
  { keys, inputs }: Dictionaries,
  state: KeyedState,
): void {
  const operands = inputs.dictionaries.map((dictionary) => new LocalIdReader(dictionary));
  const keyIds = new LocalIdReader(keys);
  const ofAggregates = inputs.dictionaryIndexes.map((index) =>
    index === null ? null : operands[index]!,
  );
  const { maxParallelism } = restored;
  const parts = [...restored.keyGroupParts()];
  const room = new ExpectedKeys(keys, parts);
  for (const { group, reader } of parts) {
    do {
      const version = reader.uint8();
      if (version !== VERSION) throw corruptState(`its version is ${version}, not ${VERSION}`);
      keyIds.beginPart(reader, { group, maxParallelism });
      for (const ids of operands) ids.beginPart(reader);
      const body = new StateReader(reader.bytesInPlace());
      state.readHead?.(body);
      for (let left = body.uint32(); left > 0; left--) {
        state.readSection({ body, keys: keyIds, operands: ofAggregates });
      }
      if (body.remaining > 0) throw corruptState(`${body.remaining} bytes follow its sections`);
      for (const ids of [keyIds, ...operands]) ids.endPart();
      const idLimit = room.afterRun(reader);
      if (idLimit > 0) state.expectKeys?.(idLimit);
    } while (reader.remaining > 0);
  }
}

interface SortedSection {
  readonly section: SlotSection;
  /** Slots in use, those of group 0 first, each group's in their order. */
  readonly slots: Int32Array;
  /** By group: where its slots end. */
  readonly ends: Int32Array;
}

/** A stable counting sort of the slots by key group. */
function sortByGroup(
  section: SlotSection,
  dictionary: KeyDictionary,
  groupCount: number,
): SortedSection {
  const used = usedSlotsOf(section.keys);
  const groups = dictionary.groupsOf(
    used.length === section.keys.length ? section.keys : used.map((slot) => section.keys[slot]!),
    groupCount,
  );
  const ends = new Int32Array(groupCount);
  for (let index = 0; index < groups.length; index++) ends[groups[index]!]!++;
  let start = 0;
  for (let group = 0; group < groupCount; group++) {
    const count = ends[group]!;
    ends[group] = start;
    start += count;
  }
  const slots = new Int32Array(used.length);
  for (let index = 0; index < groups.length; index++) {
    slots[ends[groups[index]!]!++] = used[index]!;
  }
  return { section, slots, ends };
}

function usedSlotsOf(keys: Int32Array): Int32Array {
  const used = new Int32Array(keys.length);
  let count = 0;
  for (let slot = 0; slot < keys.length; slot++) {
    used[count] = slot;
    count += keys[slot] === NO_KEY ? 0 : 1;
  }
  return used.subarray(0, count);
}

function startOf(ends: Int32Array, group: number): number {
  return group === 0 ? 0 : ends[group - 1]!;
}
