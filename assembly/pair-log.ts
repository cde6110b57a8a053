/**
 * Which ids the groups of a window have seen, when nobody asks before the window ends: a log of
 * (slot, id) pairs, written from front to back, and now and then brought into a compact form in
 * which each pair occurs once: the ids of slot 0, then those of slot 1, and so on. Appending costs
 * no cache miss, where a hash table costs one a pair; telling ids apart is done slot by slot, in
 * tables so small that they stay in the nearest cache.
 */
import { allocate, allocateZeroed, resize, release } from './allocator';
import { keepDistinct } from './distinct-ids';

/** Pairs of a chunk of the log, as a power of two; a pair is 8 bytes. */
const CHUNK_SHIFT: u32 = 13;
const CHUNK_PAIRS: u32 = 1 << CHUNK_SHIFT;
const CHUNK_BYTES: u32 = CHUNK_PAIRS << 3;
const CHUNKS_MIN: u32 = 16;

@unmanaged
export class PairLog {
  /** Addresses of the chunks. */
  chunks: usize;
  chunkCount: u32;
  chunkCapacity: u32;
  /** Pairs in the log. */
  logged: u32;
  /** Slots of the compact form; its offsets have one entry more. 0: there is none. */
  slotCount: u32;
  offsets: usize;
  /** Ids of the compact form. */
  ids: usize;
  idCount: u32;
}

export function createPairLog(): PairLog {
  const log = changetype<PairLog>(allocateZeroed(offsetof<PairLog>()));
  log.chunkCapacity = CHUNKS_MIN;
  log.chunks = allocate(CHUNKS_MIN << 2);
  return log;
}

export function releasePairLog(log: PairLog): void {
  clearLog(log);
  clearCompact(log);
  release(log.chunks, log.chunkCapacity << 2);
  release(changetype<usize>(log), offsetof<PairLog>());
}

export function pairLogSizeBytes(log: PairLog): u32 {
  const compact = log.slotCount == 0 ? 0 : (log.slotCount + 1 + log.idCount) << 2;
  return (log.chunkCapacity << 2) + log.chunkCount * CHUNK_BYTES + compact;
}

/** Pairs in the log, perhaps several times. */
export function loggedPairs(log: PairLog): u32 {
  return log.logged;
}

/** Pairs of the compact form. */
export function compactPairs(log: PairLog): u32 {
  return log.idCount;
}

/** Logs the pair of each listed row: its slot and its id, both by row number; not of NULLs. */
export function logPairs(
  log: PairLog,
  rows: usize,
  count: u32,
  slots: usize,
  ids: usize,
  nulls: usize,
): void {
  let chunk: usize = 0;
  let at: usize = 0;
  let end: usize = 0;
  if (log.chunkCount > 0) {
    chunk = load<usize>(log.chunks + ((log.chunkCount - 1) << 2));
    at = chunk + ((log.logged - ((log.chunkCount - 1) << CHUNK_SHIFT)) << 3);
    end = chunk + CHUNK_BYTES;
  }
  const rowsEnd = rows + (count << 2);
  for (; rows < rowsEnd; rows += 4) {
    const row = load<u32>(rows);
    if (load<u8>(nulls + row) != 0) continue;
    if (at == end) {
      at = addChunk(log);
      end = at + CHUNK_BYTES;
    }
    store<u32>(at, load<u32>(slots + (row << 2)));
    store<u32>(at, load<u32>(ids + (row << 2)), 4);
    at += 8;
  }
  if (log.chunkCount > 0) log.logged = (log.chunkCount << CHUNK_SHIFT) - <u32>((end - at) >> 3);
}

/**
 * Brings all into the compact form and writes how many ids each of the `slotCount` slots has to
 * `counts`. All ids are below `idLimit`.
 */
export function compactPairLog(log: PairLog, slotCount: u32, idLimit: u32, counts: usize): void {
  const total = log.idCount + log.logged;
  const offsets = allocateZeroed((slotCount + 1) << 2);
  const ids = allocate(max(total, 1) << 2);
  countBySlot(log, offsets);
  // From counts to where the ids of each slot start.
  let start: u32 = 0;
  for (let slot: u32 = 0; slot <= slotCount; slot++) {
    const size = load<u32>(offsets + (slot << 2));
    store<u32>(offsets + (slot << 2), start);
    start += size;
  }
  scatter(log, offsets, ids);
  clearLog(log);
  clearCompact(log);
  // By now each offset is where its slot ends.
  let from: u32 = 0;
  let to: u32 = 0;
  for (let slot: u32 = 0; slot < slotCount; slot++) {
    const end = load<u32>(offsets + (slot << 2));
    const kept = keepDistinct(ids + (from << 2), end - from, idLimit);
    if (from != to) memory.copy(ids + (to << 2), ids + (from << 2), kept << 2);
    store<u32>(counts + (slot << 2), kept);
    store<u32>(offsets + (slot << 2), to);
    from = end;
    to += kept;
  }
  store<u32>(offsets + (slotCount << 2), to);
  log.slotCount = slotCount;
  log.offsets = offsets;
  log.idCount = to;
  log.ids = resize(ids, to << 2, max(total, 1) << 2, max(to, 1) << 2);
}

/** Address of the ids of a slot in the compact form. */
export function idsOfSlot(log: PairLog, slot: u32): usize {
  return log.ids + (load<u32>(log.offsets + (slot << 2)) << 2);
}

/** Number of ids of a slot in the compact form. */
export function idCountOfSlot(log: PairLog, slot: u32): u32 {
  if (slot >= log.slotCount) return 0;
  const offset = log.offsets + (slot << 2);
  return load<u32>(offset, 4) - load<u32>(offset);
}

/** Drops the ids of a slot from the compact form; the others keep their places. */
export function dropSlot(log: PairLog, slot: u32): void {
  const count = idCountOfSlot(log, slot);
  const ids = idsOfSlot(log, slot);
  const end = log.ids + (log.idCount << 2);
  memory.copy(ids, ids + (count << 2), end - ids - (count << 2));
  for (let later = slot + 1; later <= log.slotCount; later++) {
    const offset = log.offsets + (later << 2);
    store<u32>(offset, load<u32>(offset) - count);
  }
  log.ids = resize(
    log.ids,
    (log.idCount - count) << 2,
    max(log.idCount, 1) << 2,
    max(log.idCount - count, 1) << 2,
  );
  log.idCount -= count;
}

/** Logs lists of ids, which lie one behind the other: counts[n] of them for slot slots[n]. */
export function logLists(log: PairLog, listCount: u32, slots: usize, counts: usize, ids: usize): void {
  for (let list: u32 = 0; list < listCount; list++) {
    const slot = load<u32>(slots + (list << 2));
    const end = ids + (load<u32>(counts + (list << 2)) << 2);
    for (; ids < end; ids += 4) {
      const place = log.logged & (CHUNK_PAIRS - 1);
      if (place == 0) addChunk(log);
      const at = load<usize>(log.chunks + ((log.chunkCount - 1) << 2)) + (place << 3);
      store<u32>(at, slot);
      store<u32>(at, load<u32>(ids), 4);
      log.logged++;
    }
  }
}

export function compactOffsets(log: PairLog): usize {
  return log.offsets;
}

export function compactIds(log: PairLog): usize {
  return log.ids;
}

/** Sets a byte of `used` to 1 for every id that occurs. */
export function markLoggedIds(log: PairLog, used: usize): void {
  const idsEnd = log.ids + (log.idCount << 2);
  for (let at = log.ids; at < idsEnd; at += 4) store<u8>(used + load<u32>(at), 1);
  for (let chunk: u32 = 0; chunk < log.chunkCount; chunk++) {
    let at = load<usize>(log.chunks + (chunk << 2));
    const end = at + (pairsOf(log, chunk) << 3);
    for (; at < end; at += 8) store<u8>(used + load<u32>(at, 4), 1);
  }
}

function addChunk(log: PairLog): usize {
  if (log.chunkCount == log.chunkCapacity) {
    const bytes = log.chunkCapacity << 2;
    log.chunks = resize(log.chunks, bytes, bytes, bytes << 1);
    log.chunkCapacity <<= 1;
  }
  const chunk = allocate(CHUNK_BYTES);
  store<usize>(log.chunks + (log.chunkCount << 2), chunk);
  log.chunkCount++;
  return chunk;
}

// @ts-ignore: decorator
@inline
function pairsOf(log: PairLog, chunk: u32): u32 {
  return min(CHUNK_PAIRS, log.logged - (chunk << CHUNK_SHIFT));
}

/** Adds to the entry of each slot how many pairs it has, in the log and in the compact form. */
function countBySlot(log: PairLog, counts: usize): void {
  for (let slot: u32 = 0; slot < log.slotCount; slot++) {
    store<u32>(counts + (slot << 2), idCountOfSlot(log, slot));
  }
  for (let chunk: u32 = 0; chunk < log.chunkCount; chunk++) {
    let at = load<usize>(log.chunks + (chunk << 2));
    const end = at + (pairsOf(log, chunk) << 3);
    for (; at < end; at += 8) {
      const entry = counts + (load<u32>(at) << 2);
      store<u32>(entry, load<u32>(entry) + 1);
    }
  }
}

/** Writes every id behind the earlier ones of its slot, compact ones first; moves the offsets. */
function scatter(log: PairLog, offsets: usize, ids: usize): void {
  for (let slot: u32 = 0; slot < log.slotCount; slot++) {
    const size = idCountOfSlot(log, slot);
    const start = load<u32>(offsets + (slot << 2));
    memory.copy(ids + (start << 2), idsOfSlot(log, slot), size << 2);
    store<u32>(offsets + (slot << 2), start + size);
  }
  for (let chunk: u32 = 0; chunk < log.chunkCount; chunk++) {
    let at = load<usize>(log.chunks + (chunk << 2));
    const end = at + (pairsOf(log, chunk) << 3);
    for (; at < end; at += 8) {
      const entry = offsets + (load<u32>(at) << 2);
      const place = load<u32>(entry);
      store<u32>(ids + (place << 2), load<u32>(at, 4));
      store<u32>(entry, place + 1);
    }
  }
}

function clearLog(log: PairLog): void {
  for (let chunk: u32 = 0; chunk < log.chunkCount; chunk++) {
    release(load<usize>(log.chunks + (chunk << 2)), CHUNK_BYTES);
  }
  log.chunkCount = 0;
  log.logged = 0;
}

function clearCompact(log: PairLog): void {
  if (log.slotCount == 0) return;
  release(log.offsets, (log.slotCount + 1) << 2);
  release(log.ids, max(log.idCount, 1) << 2);
  log.slotCount = 0;
  log.idCount = 0;
}
