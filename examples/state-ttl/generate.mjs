// Makes data/visits.jsonl: visits of eight users over 90 minutes. The same bytes each time.
import { writeFileSync } from 'node:fs';

const START_MS = 1_700_000_000_000;
const pages = ['home', 'search', 'news', 'profile'];
let state = 7;
const draw = (below) => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((state / 2_147_483_648) * below);
};

let ts = START_MS;
const lines = Array.from({ length: 120 }, () => {
  ts += draw(90) * 1000;
  const userId = `u${1 + Math.min(draw(8), draw(8))}`;
  return JSON.stringify({ ts, userId, page: pages[draw(pages.length)], seconds: 1 + draw(60) });
});
writeFileSync(new URL('data/visits.jsonl', import.meta.url), `${lines.join('\n')}\n`);
