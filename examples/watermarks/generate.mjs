/**
 * Writes data/meters.jsonl, whose times rise, and data/phones.jsonl, out of order by up to ten
 * seconds with a few rows that were sent again minutes later. The same bytes each time:
 * node examples/watermarks/generate.mjs
 */
import { writeFileSync } from 'node:fs';

/** 2023-11-14 22:00:00 UTC */
const START_MS = 1_700_000_000_000 - 800_000;
const END_MS = 480_000;
const PLACES = ['dock', 'gate', 'yard'];
let state = 20_231_115;

/** A linear congruential generator: 0 <= result < limit. */
function draw(limit) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

function write(file, rows) {
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
  writeFileSync(new URL(`data/${file}`, import.meta.url), lines.join(''));
}

const meters = [];
for (let at = 0; at < END_MS; at += 1000 + draw(7000)) {
  meters.push({ ts: START_MS + at, place: PLACES[draw(3)], amount: draw(50) });
}
write('meters.jsonl', meters);

const phones = [];
for (let at = 0; at < END_MS; at += 500 + draw(6000)) {
  const resent = draw(16) === 0;
  const behind = resent ? 60_000 + draw(120_000) : draw(10_000);
  const row = { ts: START_MS + at - behind, place: PLACES[draw(3)], amount: draw(50), resent };
  phones.push(row);
}
write('phones.jsonl', phones);
