/**
 * Writes the example's data: `node generate.mjs [--no-late] [--events N] [--out FOLDER]`.
 * - localities.csv: 2,000 places, `localId,province,city,county`, no header line.
 * - events.jsonl: 50,000 events over 20 minutes, in the order in which they arrive.
 * The same arguments give the same bytes on every machine: one seeded sequence of random integers,
 * no clock. `--no-late` leaves out the rows that a watermark of 25 s makes late, and changes no other.
 * On standard error it says how many rows of each odd kind it wrote.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { counties } from './places.mjs';

const SEED = 20231114;
const LOCALITIES = 2000;
/** Devices that usually are at one place. */
const DEVICES_PER_LOCALITY = 4;
/** 2023-11-14 22:13:00 UTC, the start of a minute. */
const START_MS = 1_699_999_980_000;
const MINUTE_MS = 60_000;
const DURATION_MS = 20 * MINUTE_MS;
/** Of the pipeline's watermark. */
const DELAY_MS = 25_000;

const { values: options } = parseArgs({
  options: {
    'no-late': { type: 'boolean', default: false },
    events: { type: 'string', default: '50000' },
    out: { type: 'string', default: fileURLToPath(new URL('data', import.meta.url)) },
  },
});

/** A function of `n` that gives the next random integer from 0 to n - 1. */
function integersFrom(seed) {
  let counter = seed | 0;
  return (n) => {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = counter ^ (counter >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return Math.floor(((mixed >>> 0) / 4_294_967_296) * n);
  };
}

const random = integersFrom(SEED);

/** Small numbers are likelier, as popular devices and places are. */
const skewed = (n) => Math.min(random(n), random(n));

const chance = (share) => random(100_000) < share * 100_000;

function createLocalities() {
  // The id that the documentation uses is always there.
  const ids = new Map([['1101050000012', counties.find(({ code }) => code === '110105')]]);
  while (ids.size < LOCALITIES) {
    // Every county has a place, the first ones more of them.
    const county = counties[ids.size < counties.length ? ids.size : skewed(counties.length)];
    ids.set(county.code + String(1 + random(99_999)).padStart(7, '0'), county);
  }
  return [...ids].map(([localId, county]) => ({ localId, ...county })).sort(byLocalId);
}

function byLocalId(left, right) {
  return left.localId < right.localId ? -1 : 1;
}

function csvField(text) {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** How long an event was on its way, milliseconds, and whether that is more than the watermark allows. */
function delayMs() {
  const kind = random(1000);
  if (kind < 6) return DELAY_MS + 5_000 + random(240_000);
  if (kind < 40) return random(20_000);
  return random(2_000);
}

function eventType() {
  const kind = random(100);
  if (kind < 58) return 'exposure';
  if (kind < 78) return 'click';
  if (kind < 88) return 'delivery';
  if (kind < 96) return 'view';
  return kind < 98 ? 'heartbeat' : 'login';
}

/** The `localId` field with the comma before it; sometimes one that the table does not have. */
function localIdField(localId, oddities) {
  if (chance(0.001)) {
    oddities.push('missingLocalId');
    return '';
  }
  if (localId.startsWith('00') && chance(0.1)) {
    // What a producer sends that took the id for a number: another text, so no match.
    oddities.push('strippedLocalId');
    return `,"localId":"${Number(localId)}"`;
  }
  if (chance(0.01)) {
    oddities.push('unknownLocalId');
    return `,"localId":"99${String(random(20)).padStart(11, '0')}"`;
  }
  return `,"localId":"${localId}"`;
}

/** Mostly one of the few devices that live at the place, else any. */
function deviceIdText(place, oddities) {
  const home = chance(0.8) ? place : random(LOCALITIES);
  const device = home * DEVICES_PER_LOCALITY + random(DEVICES_PER_LOCALITY);
  const number = String(device).padStart(6, '0');
  if (chance(0.002)) {
    oddities.push('nullDeviceId');
    return 'null';
  }
  if (chance(0.003)) {
    // The same device as without the escape.
    oddities.push('escapedDeviceId');
    return `"\\u0064${number}"`;
  }
  return `"d${number}"`;
}

function extraField(oddities) {
  if (!chance(0.02)) return '';
  oddities.push('extraField');
  return `,"page":{"url":"https:\\/\\/example.com\\/n\\/${random(1000)}","tags":["a","b}"]}`;
}

/** A row with what is odd about it, to be counted if it is written. */
function createRow(ts, localities) {
  const oddities = [];
  const place = skewed(localities.length);
  const device = deviceIdText(place, oddities);
  const localId = localIdField(localities[place].localId, oddities);
  const extra = extraField(oddities);
  return {
    ts,
    line: `{"ts":${ts},"deviceId":${device}${localId},"event":"${eventType()}"${extra}}\n`,
    oddities,
  };
}

/** Collects rows in arrival order, and leaves out late ones where that is asked for. */
class Arrivals {
  lines = [];
  counts = { rows: 0, late: 0 };
  watermarkMs = -Infinity;

  add({ ts, line, oddities }) {
    const windowEndMs = Math.floor(ts / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    const isLate = this.watermarkMs >= windowEndMs - 1;
    if (isLate && options['no-late']) return;
    this.lines.push(line);
    this.watermarkMs = Math.max(this.watermarkMs, ts - DELAY_MS);
    this.counts.rows++;
    if (isLate) this.counts.late++;
    for (const oddity of oddities) this.counts[oddity] = (this.counts[oddity] ?? 0) + 1;
  }
}

/**
 * Four rows around the moment when the window that ends at `endMs` fires: the watermark comes
 * to two milliseconds before the end, a row is just in time, the watermark comes to one
 * millisecond before the end, and a row is late.
 */
function addLastMoment(arrivals, endMs, localities) {
  for (const ts of [endMs + DELAY_MS - 2, endMs - 1, endMs + DELAY_MS - 1, endMs - 1]) {
    arrivals.add(createRow(ts, localities));
  }
}

function createEvents(localities, eventCount) {
  const arrivals = new Arrivals();
  /** Rows to be sent again, by the index of the event after which. */
  const repeats = new Map();
  let nextEndMs = START_MS + MINUTE_MS;
  for (let index = 0; index < eventCount; index++) {
    const nowMs = START_MS + Math.floor((index / eventCount) * DURATION_MS);
    if (nowMs > nextEndMs + DELAY_MS - 2) {
      addLastMoment(arrivals, nextEndMs, localities);
      nextEndMs += MINUTE_MS;
    }
    const row = createRow(Math.max(START_MS, nowMs - delayMs()), localities);
    arrivals.add(row);
    if (chance(0.01)) {
      const repeat = { ...row, oddities: [...row.oddities, 'duplicate'] };
      const after = index + 1 + random(400);
      repeats.set(after, [...(repeats.get(after) ?? []), repeat]);
    }
    for (const repeat of repeats.get(index) ?? []) arrivals.add(repeat);
  }
  return arrivals;
}

const localities = createLocalities();
const arrivals = createEvents(localities, Number(options.events));
mkdirSync(options.out, { recursive: true });
writeFileSync(
  join(options.out, 'localities.csv'),
  localities
    .map((row) => [row.localId, row.province, row.city, row.county].map(csvField).join(',') + '\n')
    .join(''),
);
writeFileSync(join(options.out, 'events.jsonl'), arrivals.lines.join(''));
process.stderr.write(`${JSON.stringify(arrivals.counts)}\n`);
