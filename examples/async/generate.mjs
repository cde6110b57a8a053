/**
 * Writes data/orders.jsonl: orders over three minutes. The same bytes each time:
 * node examples/async/generate.mjs
 */
import { writeFileSync } from 'node:fs';

/** 2023-11-14 22:00:00 UTC */
const START_MS = 1_700_000_000_000 - 800_000;
let state = 20_231_116;

/** A linear congruential generator: 0 <= result < limit. */
function draw(limit) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

const lines = [];
let id = 1;
for (let at = 0; at < 180_000; at += 200 + draw(1200)) {
  const order = { id: id++, ts: START_MS + at - draw(3000), customer: `c${draw(40)}` };
  lines.push(JSON.stringify({ ...order, amount: (draw(50_000) + 1) / 100 }));
}
writeFileSync(new URL('data/orders.jsonl', import.meta.url), `${lines.join('\n')}\n`);
