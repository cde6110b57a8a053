/**
 * Writes data/events.jsonl: nine users over eight hours, out of order by some seconds, a few events
 * far too late. The same bytes each time: node examples/session-tracker/generate.mjs
 */
import { writeFileSync } from 'node:fs';

/** 2023-11-14 22:00:00 UTC */
const START_MS = 1_700_000_000_000 - 800_000;
const HOURS_8_MS = 8 * 3_600_000;
const types = ['view', 'view', 'view', 'click', 'purchase'];
let state = 20_231_114;

/** A linear congruential generator: 0 <= result < limit. */
function draw(limit) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

const lines = [];
for (let at = 0; at < HOURS_8_MS; at += 10_000 + draw(200_000)) {
  const isVeryLate = draw(25) === 0;
  const ts = START_MS + at - draw(isVeryLate ? 9_000_000 : 20_000);
  // The higher the number, the rarer a user is here.
  const userId = `user-${Math.min(draw(9), draw(9)) + 1}`;
  lines.push(JSON.stringify({ ts, userId, type: types[draw(types.length)] }));
}
writeFileSync(new URL('data/events.jsonl', import.meta.url), `${lines.join('\n')}\n`);
