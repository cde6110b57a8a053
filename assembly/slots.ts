/**
 * The groups that a window has seen. A group is a key id of the operator's dictionary; within the
 * window it has a slot, counted from 0, and the window's counts are arrays by slot. Rows come as
 * lists of row numbers; what belongs to a row is found by its number.
 */

/**
 * Writes the slot of each listed row's key to `slots`, by row number, and gives new keys the slots
 * from `slotCount` on. Returns how many slots there then are. `slotOfKey` holds slot + 1 by key id,
 * 0 for a key that was not seen.
 */
export function assignSlots(
  rows: usize,
  count: u32,
  keyIds: usize,
  slotOfKey: usize,
  keyOfSlot: usize,
  slotCount: u32,
  slots: usize,
): u32 {
  for (let at = rows; at < rows + (count << 2); at += 4) {
    const row = load<u32>(at) << 2;
    const key = load<u32>(keyIds + row);
    let slot = load<u32>(slotOfKey + (key << 2));
    if (slot == 0) {
      store<u32>(keyOfSlot + (slotCount << 2), key);
      slot = ++slotCount;
      store<u32>(slotOfKey + (key << 2), slot);
    }
    store<u32>(slots + row, slot - 1);
  }
  return slotCount;
}

/** Adds 1 to the count of each listed row's slot. */
export function countRows(rows: usize, count: u32, slots: usize, counts: usize): void {
  for (let at = rows; at < rows + (count << 2); at += 4) {
    const place = counts + (load<u32>(slots + (load<u32>(at) << 2)) << 3);
    store<f64>(place, load<f64>(place) + 1);
  }
}

/** As countRows, of the rows where `isCounted` is 1. */
export function countChosen(
  rows: usize,
  count: u32,
  slots: usize,
  isCounted: usize,
  counts: usize,
): void {
  for (let at = rows; at < rows + (count << 2); at += 4) {
    const row = load<u32>(at);
    const place = counts + (load<u32>(slots + (row << 2)) << 3);
    store<f64>(place, load<f64>(place) + <f64>(<i32>load<u8>(isCounted + row)));
  }
}

/** Writes `passes` where it is 1 and neither of the marks for NULL is set, as 0 or 1. */
export function chooseRows(
  rowCount: u32,
  passes: usize,
  nulls: usize,
  otherNulls: usize,
  isChosen: usize,
): void {
  for (let row: u32 = 0; row < rowCount; row += 16) {
    const marks = v128.or(v128.load(nulls + row), v128.load(otherNulls + row));
    // Where something is NULL, `passes` may hold anything.
    const isKnown = i8x16.eq(marks, i8x16.splat(0));
    v128.store(isChosen + row, v128.and(v128.load(passes + row), isKnown));
  }
}
