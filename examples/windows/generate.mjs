/**
 * Writes data/readings.jsonl: two sensors over twelve minutes, out of order by some seconds, a few
 * rows far too late. The same bytes each time: node examples/windows/generate.mjs
 */
import { writeFileSync } from 'node:fs';

/** 2023-11-14 22:00:00 UTC */
const START_MS = 1_700_000_000_000 - 800_000;
let state = 20_231_114;

/** A linear congruential generator: 0 <= result < limit. */
function draw(limit) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

const lines = [];
for (let at = 0; at < 720_000; at += 500 + draw(6000)) {
  // A pause in which sessions end.
  if (at > 300_000 && at < 345_000) continue;
  const isVeryLate = draw(40) === 0;
  const ts = START_MS + at - draw(isVeryLate ? 90_000 : 7000);
  lines.push(JSON.stringify({ ts, sensor: draw(3) === 0 ? 'b' : 'a', amount: draw(100) - 20 }));
}
writeFileSync(new URL('data/readings.jsonl', import.meta.url), `${lines.join('\n')}\n`);
