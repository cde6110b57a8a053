/**
 * Writes data/exposures.jsonl and data/clicks.jsonl: twenty minutes of exposures, and the clicks on
 * them within ten. The same bytes each time: node examples/interval-join/generate.mjs
 */
import { writeFileSync } from 'node:fs';

const START_MS = 1_700_000_400_000; // 2023-11-14 22:20:00 UTC
const EXPOSURES = 240;
const DISORDER_MS = 4_000; // Less than the watermark's delay, so no row is late.

let state = 20_231_114;

/** A linear congruential generator: 0 <= result < 1. */
function random() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

const exposures = [];
const clicks = [];
for (let number = 0; number < EXPOSURES; number++) {
  const ts = START_MS + number * 5_000 + Math.floor(random() * 1_000);
  // Every thirtieth has lost its id on the way.
  const id = number % 30 === 29 ? null : `e${String(number).padStart(3, '0')}`;
  exposures.push({ ts, id, ad: `ad${number % 4}` });
  const draw = random();
  if (draw < 0.3) clicks.push({ ts: ts + Math.floor(random() * 300_000), exposure: id });
  if (draw < 0.05) clicks.push({ ts: ts + Math.floor(random() * 300_000), exposure: id });
  if (draw > 0.9) clicks.push({ ts: ts + 300_001 + Math.floor(random() * 300_000), exposure: id });
}
// At the very end of its five minutes, and a millisecond behind it.
clicks.push({ ts: exposures[100].ts + 300_000, exposure: 'e100' });
clicks.push({ ts: exposures[101].ts + 300_001, exposure: 'e101' });
// Of an exposure that nobody has seen.
clicks.push({ ts: START_MS + 60_000, exposure: 'e999' });

function write(name, rows) {
  const arrived = rows
    .map((row) => ({ row, at: row.ts + Math.floor(random() * DISORDER_MS) }))
    .sort((a, b) => a.at - b.at);
  const lines = arrived.map(({ row }) => `${JSON.stringify(row)}\n`);
  writeFileSync(new URL(`data/${name}.jsonl`, import.meta.url), lines.join(''));
}

write('exposures', exposures);
write('clicks', clicks);
