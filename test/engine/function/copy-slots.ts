/** Slots of an accumulator by way of a snapshot into another one. */
import { BATCH_ROWS, createColumn } from '../../../src/engine/batch/column.ts';
import type { SlotResults } from '../../../src/engine/function/accumulator.ts';
import type { LinearMemory } from '../../../src/engine/memory/linear-memory.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { KeyEncoder } from '../../../src/engine/state/key-encoder.ts';
import { LocalIdReader, LocalIdWriter } from '../../../src/engine/state/local-ids.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { types } from '../batch/nullable-types.ts';

type Source = Pick<SlotResults, 'writeSlots'>;
type Target = Pick<SlotResults, 'readSlots' | 'ensureSlots'>;

/** All slots below `slotCount`; ids are those of `dictionary` before and afterwards. */
export function copySlots(
  from: Source,
  to: Target,
  { slotCount, dictionary }: { readonly slotCount: number; readonly dictionary: KeyDictionary },
): void {
  const slots = Int32Array.from({ length: slotCount }, (_, slot) => slot);
  const state = writtenSlots(from, slots, dictionary);
  to.ensureSlots(slotCount);
  const reader = new LocalIdReader(dictionary);
  reader.beginPart(new StateReader(state.keys));
  const body = new StateReader(state.body);
  to.readSlots(body, slots, reader);
  reader.endPart();
}

export function writtenSlots(
  from: Source,
  slots: Int32Array,
  dictionary: KeyDictionary,
): { readonly body: Uint8Array; readonly keys: Uint8Array } {
  const ids = new LocalIdWriter(dictionary);
  const body = new StateWriter();
  const keys = new StateWriter();
  ids.beginPart();
  from.writeSlots(body, slots, ids);
  ids.writeKeys(keys);
  return { body: body.finish(), keys: keys.finish() };
}

/** A dictionary of the ids below `count`. */
export function dictionaryOf(count: number, memory: LinearMemory): KeyDictionary {
  const dictionary = new KeyDictionary(memory);
  const encoder = new KeyEncoder(memory);
  const column = createColumn(types.int);
  const ids = new Int32Array(BATCH_ROWS);
  for (let from = 0; from < count; from += BATCH_ROWS) {
    const rowCount = Math.min(BATCH_ROWS, count - from);
    column.reset();
    for (let row = 0; row < rowCount; row++) {
      if (column.kind === 'int') column.values[row] = from + row;
    }
    dictionary.internAll(encoder.encode([column], rowCount), rowCount, ids);
  }
  encoder.release();
  return dictionary;
}
