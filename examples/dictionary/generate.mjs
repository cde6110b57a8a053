/**
 * Writes data/exposures.jsonl: devices that come and come again over five minutes, some rows
 * without one. The same bytes each time: node examples/dictionary/generate.mjs
 */
import { writeFileSync } from 'node:fs';

/** 2023-11-14 22:00:00 UTC */
const START_MS = 1_700_000_000_000 - 800_000;
let state = 20_231_115;

/** A linear congruential generator: 0 <= result < limit. */
function draw(limit) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

const lines = [];
for (let at = 0; at < 300_000; at += 500 + draw(3000)) {
  const known = 5 + Math.floor(at / 10_000);
  const deviceId = draw(15) === 0 ? null : `device-${(draw(known) * 7_919) % 100_003}`;
  lines.push(
    JSON.stringify({ ts: START_MS + at, deviceId, page: draw(2) === 0 ? 'home' : 'list' }),
  );
}
writeFileSync(new URL('data/exposures.jsonl', import.meta.url), `${lines.join('\n')}\n`);
