/**
 * A yardstick: the UV query as the fastest plain JavaScript known here, for one fixed input layout:
 * `node bench/uv-batched.mjs FILE > rows.jsonl`. No JSON parser: fields stand in the order of the
 * regular variant of generate-events.mjs, without escapes; anything else ends it with status 1.
 * What it does is what the engine does, without its generality: batches of 2,048 rows, one step per
 * column, text scanned and hashed four bytes at a time, one cache line a probe.
 */
import { openSync, readSync, writeSync } from 'node:fs';

const BATCH_ROWS = 2048;
const READ_BYTES = 1 << 20;
/** A row must not be longer; word reads may pass the end by 16 bytes. */
const ROW_BYTES_MAX = 1 << 16;
const MINUTE_MS = 60_000;
const QUOTE = 0x22;
const NEWLINE = 0x0a;
/** The first four bytes of `exposure` and `click`, little-endian. */
const EXPO = 0x6f707865;
const CLIC = 0x63696c63;

const bytes = new Uint8Array(READ_BYTES + ROW_BYTES_MAX + 16);
const words = new DataView(bytes.buffer);

/** Columns of the batch at hand. */
const minutes = new Int32Array(BATCH_ROWS);
const deviceStarts = new Int32Array(BATCH_ROWS);
const deviceLengths = new Int32Array(BATCH_ROWS);
const deviceHashes = new Int32Array(BATCH_ROWS);
const devices = new Int32Array(BATCH_ROWS);
const areaStarts = new Int32Array(BATCH_ROWS);
const areas = new Int32Array(BATCH_ROWS);
const eventWords = new Int32Array(BATCH_ROWS);
const groups = new Int32Array(BATCH_ROWS);
/** Takes the results of prefetching, so that it is not optimised away. */
const sink = new Int32Array(1);

function mix(hash, word) {
  const mixed = Math.imul(hash ^ word, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function finish(hash) {
  const mixed = Math.imul(hash, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Text to dense ids. An entry is four words: hash, id + 1 (0: free), place in the arena, length. */
class Dictionary {
  entries = new Int32Array(4 << 12);
  arena = new Int32Array(1 << 12);
  arenaEnd = 0;
  size = 0;

  /** The id of the text of `length` bytes at `start`, a new one where it has none. */
  idOf(start, length, hash) {
    const { entries, arena } = this;
    const mask = entries.length - 4;
    const wholeWords = length >>> 2;
    const restMask = (1 << ((length & 3) << 3)) - 1;
    let at = (hash << 2) & mask;
    for (;;) {
      const id = entries[at + 1];
      if (id === 0) return this.insert(at, start, length, hash);
      if (entries[at] === hash && entries[at + 3] === length) {
        const text = entries[at + 2];
        let word = 0;
        while (word < wholeWords && arena[text + word] === words.getInt32(start + word * 4, true)) {
          word++;
        }
        if (
          word === wholeWords &&
          arena[text + word] === (words.getInt32(start + word * 4, true) & restMask)
        ) {
          return id - 1;
        }
      }
      at = (at + 4) & mask;
    }
  }

  insert(at, start, length, hash) {
    const { entries } = this;
    const wholeWords = length >>> 2;
    if (this.arenaEnd + wholeWords + 1 > this.arena.length) {
      const grown = new Int32Array(this.arena.length * 2 + wholeWords);
      grown.set(this.arena);
      this.arena = grown;
    }
    entries[at] = hash;
    entries[at + 1] = ++this.size;
    entries[at + 2] = this.arenaEnd;
    entries[at + 3] = length;
    for (let word = 0; word <= wholeWords; word++) {
      const mask = word < wholeWords ? -1 : (1 << ((length & 3) << 3)) - 1;
      this.arena[this.arenaEnd++] = words.getInt32(start + word * 4, true) & mask;
    }
    const id = this.size - 1;
    if (this.size * 8 > entries.length) this.grow();
    return id;
  }

  grow() {
    const old = this.entries;
    const entries = new Int32Array(old.length * 2);
    const mask = entries.length - 4;
    for (let from = 0; from < old.length; from += 4) {
      if (old[from + 1] === 0) continue;
      let at = (old[from] << 2) & mask;
      while (entries[at + 1] !== 0) at = (at + 4) & mask;
      entries.set(old.subarray(from, from + 4), at);
    }
    this.entries = entries;
  }
}

/** The groups of one minute, and which devices each has seen: pairs of group + 1 and device. */
class MinuteWindow {
  groupOfArea = new Int32Array(1 << 12).fill(-1);
  areaOfGroup = new Int32Array(1 << 12);
  views = new Int32Array(1 << 12);
  uniques = new Int32Array(1 << 12);
  clicks = new Int32Array(1 << 12);
  exposures = new Int32Array(1 << 12);
  groupCount = 0;
  pairs;
  pairCount = 0;

  constructor(pairsExpected) {
    let capacity = 1 << 12;
    while (capacity < pairsExpected * 2) capacity *= 2;
    this.pairs = new Int32Array(capacity * 2);
  }

  groupOf(area) {
    const group = this.groupOfArea[area];
    if (group >= 0) return group;
    this.areaOfGroup[this.groupCount] = area;
    return (this.groupOfArea[area] = this.groupCount++);
  }

  /** Makes sure that `count` more pairs fit below a load of one half. */
  reserve(count) {
    if ((this.pairCount + count) * 4 <= this.pairs.length) return;
    const old = this.pairs;
    this.pairs = new Int32Array(old.length * 2);
    for (let from = 0; from < old.length; from += 2) {
      if (old[from] !== 0) addPair(this.pairs, old[from], old[from + 1]);
    }
  }
}

function pairHash(group, device) {
  const mixed = (Math.imul(group, 0x9e3779b1) + Math.imul(device, 0x85ebca77)) | 0;
  return finish(mixed ^ (mixed >>> 15));
}

function addPair(pairs, group, device) {
  const mask = pairs.length - 2;
  let at = (pairHash(group, device) << 1) & mask;
  for (;;) {
    const found = pairs[at];
    if (found === 0) {
      pairs[at] = group;
      pairs[at + 1] = device;
      return 1;
    }
    if (found === group && pairs[at + 1] === device) return 0;
    at = (at + 2) & mask;
  }
}

let textHash = 0;

/** Where the text that starts at `start` ends; leaves its hash in `textHash`. */
function endOfText(start) {
  let hash = 0x2c1b3c6d;
  for (let at = start; ; at += 4) {
    const word = words.getInt32(at, true);
    const quotes = word ^ 0x22222222;
    const slashes = word ^ 0x5c5c5c5c;
    const found =
      (((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes)) & 0x80808080;
    if (found === 0) {
      hash = mix(hash, word);
      continue;
    }
    const rest = (31 - Math.clz32(found & -found)) >>> 3;
    if (bytes[at + rest] !== QUOTE) throw new Error(`an escape at byte ${at} of the block`);
    textHash = finish(mix(hash, word & ((1 << (rest << 3)) - 1)) + rest);
    return at + rest;
  }
}

function readDigits(at, count) {
  let number = 0;
  for (let index = at; index < at + count; index++) number = number * 10 + bytes[index] - 48;
  return number;
}

const TS_AT = '{"ts":'.length;
const TS_DIGITS = 13;
const TO_DEVICE = ',"deviceId":"'.length;
const TO_LOCALITY = '","localId":"'.length;
const LOCALITY_BYTES = 13;
const TO_EVENT = '","event":"'.length;

let blockAt = 0;

/** Reads rows from `blockAt` into the batch; returns how many. */
function scan(end) {
  let row = 0;
  let at = blockAt;
  while (at < end && row < BATCH_ROWS) {
    at += TS_AT;
    minutes[row] = Math.floor((readDigits(at, 7) * 1_000_000 + readDigits(at + 7, 6)) / MINUTE_MS);
    at += TS_DIGITS + TO_DEVICE;
    const deviceEnd = endOfText(at);
    deviceStarts[row] = at;
    deviceLengths[row] = deviceEnd - at;
    deviceHashes[row] = textHash;
    at = deviceEnd + TO_LOCALITY;
    areaStarts[row] = at;
    at += LOCALITY_BYTES;
    if (bytes[at] !== QUOTE) throw new Error(`no localId of 13 digits before byte ${at}`);
    at += TO_EVENT;
    eventWords[row] = words.getInt32(at, true);
    while (bytes[at] !== NEWLINE) at++;
    at++;
    row++;
  }
  blockAt = at;
  return row;
}

const deviceIds = new Dictionary();
const areaIds = new Dictionary();
const windows = new Map();
let pairsExpected = 0;

function findDevices(count) {
  const { entries } = deviceIds;
  const mask = entries.length - 4;
  let touched = 0;
  for (let row = 0; row < count; row++) touched ^= entries[(deviceHashes[row] << 2) & mask];
  sink[0] = touched;
  for (let row = 0; row < count; row++) {
    devices[row] = deviceIds.idOf(deviceStarts[row], deviceLengths[row], deviceHashes[row]);
  }
}

function findAreas(count) {
  for (let row = 0; row < count; row++) {
    const start = areaStarts[row];
    const hash = mix(words.getInt32(start, true), words.getInt32(start + 4, true) & 0xffff);
    areas[row] = areaIds.idOf(start, 6, finish(hash));
  }
}

function windowOf(minute) {
  let window = windows.get(minute);
  if (window === undefined) {
    for (const { pairCount } of windows.values()) {
      pairsExpected = Math.max(pairsExpected, pairCount);
    }
    windows.set(minute, (window = new MinuteWindow(pairsExpected)));
  }
  return window;
}

/** Counts the rows from `from` on that share a minute; returns where the next minute starts. */
function countRun(from, count) {
  const minute = minutes[from];
  const window = windowOf(minute);
  const { views, clicks, exposures, uniques } = window;
  let to = from;
  for (; to < count && minutes[to] === minute; to++) {
    const group = window.groupOf(areas[to]);
    groups[to] = group;
    views[group]++;
    if (eventWords[to] === EXPO) exposures[group]++;
    else if (eventWords[to] === CLIC) clicks[group]++;
  }
  window.reserve(to - from);
  const { pairs } = window;
  const mask = pairs.length - 2;
  let touched = 0;
  for (let row = from; row < to; row++) {
    touched ^= pairs[(pairHash(groups[row] + 1, devices[row]) << 1) & mask];
  }
  sink[0] = touched;
  let added = 0;
  for (let row = from; row < to; row++) {
    const isNew = addPair(pairs, groups[row] + 1, devices[row]);
    uniques[groups[row]] += isNew;
    added += isNew;
  }
  window.pairCount += added;
  return to;
}

function countBlock(end) {
  blockAt = 0;
  while (blockAt < end) {
    const count = scan(end);
    findDevices(count);
    findAreas(count);
    for (let row = 0; row < count;) row = countRun(row, count);
  }
}

function shownMinute(minute) {
  return new Date(minute * MINUTE_MS).toISOString().slice(0, 19).replace('T', ' ');
}

function printRows() {
  const names = [];
  const { entries, arena } = areaIds;
  for (let at = 0; at < entries.length; at += 4) {
    if (entries[at + 1] === 0) continue;
    const text = arena.subarray(entries[at + 2], entries[at + 2] + 2);
    names[entries[at + 1] - 1] = Buffer.from(text.buffer, text.byteOffset, 6).toString('latin1');
  }
  let output = '';
  for (const [minute, window] of windows) {
    const bounds = `"window_start":"${shownMinute(minute)}","window_end":"${shownMinute(minute + 1)}"`;
    for (let group = 0; group < window.groupCount; group++) {
      output +=
        `{${bounds},"area":"${names[window.areaOfGroup[group]]}","pv":${window.views[group]},` +
        `"uv":${window.uniques[group]},"clicks":${window.clicks[group]},` +
        `"exposures":${window.exposures[group]}}\n`;
    }
  }
  const encoded = Buffer.from(output);
  for (let at = 0; at < encoded.length;) at += writeSync(1, encoded, at);
}

const input = openSync(process.argv[2], 'r');
let kept = 0;
for (;;) {
  const read = readSync(input, bytes, kept, READ_BYTES, null);
  if (read === 0) break;
  const filled = kept + read;
  const end = bytes.lastIndexOf(NEWLINE, filled - 1) + 1;
  countBlock(end);
  kept = filled - end;
  if (kept > ROW_BYTES_MAX) throw new Error('a row is too long');
  bytes.copyWithin(0, end, filled);
}
printRows();
