/**
 * CRC-32C (Castagnoli), the checksum of record batches. node:zlib's crc32 is the other polynomial,
 * so this one is computed here, eight bytes a step by eight tables.
 */
const POLYNOMIAL = 0x82f63b78;
const TABLE_ENTRIES = 256;
const STEP_BYTES = 8;

/** Made at the first use: most commands need none. */
let tables: Int32Array | null = null;

/** Of the bytes from `start` to `end`. */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  tables ??= makeTables();
  const t = tables;
  let crc = -1;
  let at = start;
  for (const last = end - STEP_BYTES; at <= last; at += STEP_BYTES) {
    const low =
      crc ^
      ((bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24));
    crc =
      (t[0x700 | (low & 0xff)] ?? 0) ^
      (t[0x600 | ((low >>> 8) & 0xff)] ?? 0) ^
      (t[0x500 | ((low >>> 16) & 0xff)] ?? 0) ^
      (t[0x400 | (low >>> 24)] ?? 0) ^
      (t[0x300 | (bytes[at + 4] ?? 0)] ?? 0) ^
      (t[0x200 | (bytes[at + 5] ?? 0)] ?? 0) ^
      (t[0x100 | (bytes[at + 6] ?? 0)] ?? 0) ^
      (t[bytes[at + 7] ?? 0] ?? 0);
  }
  for (; at < end; at++) {
    crc = (t[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** Table k: what a byte does to the checksum once k more bytes have followed it. */
function makeTables(): Int32Array {
  const made = new Int32Array(STEP_BYTES * TABLE_ENTRIES);
  for (let byte = 0; byte < TABLE_ENTRIES; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    made[byte] = crc;
  }
  for (let at = TABLE_ENTRIES; at < made.length; at++) {
    const before = made[at - TABLE_ENTRIES] ?? 0;
    made[at] = (made[before & 0xff] ?? 0) ^ (before >>> 8);
  }
  return made;
}
