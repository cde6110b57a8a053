/**
 * Writes data/posts.jsonl: posts with a tag from three provinces over eight minutes, out of order by
 * some seconds, one in twelve sent twice, tags that rise and fall. The same bytes each time:
 * node examples/trending/generate.mjs
 */
import { writeFileSync } from 'node:fs';

/** 2023-11-14 22:00:00 UTC */
const START_MS = 1_699_999_200_000;
const LENGTH_MS = 480_000;
const provinces = ['Beijing', 'Guangdong', 'Zhejiang'];
const tags = ['film', 'football', 'hotpot', 'rain', 'ÄG', '奥运', '😀'];
let state = 20_231_114;

/** A linear congruential generator: 0 <= result < limit. */
function draw(limit) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

const lines = [];
let postId = 0;
for (let at = 0; at < LENGTH_MS; at += 200 + draw(2600)) {
  // The favourites move on from tag to tag.
  const favourite = Math.floor((at / LENGTH_MS) * tags.length);
  const tag = draw(3) === 0 ? draw(tags.length) : (favourite + draw(2)) % tags.length;
  const line = JSON.stringify({
    ts: START_MS + at - draw(6000),
    postId: `p${(postId += 1)}`,
    province: draw(20) === 0 ? null : provinces[draw(provinces.length)],
    tag: tags[tag],
  });
  lines.push(line);
  if (draw(12) === 0) lines.splice(Math.max(0, lines.length - draw(6)), 0, line);
}
writeFileSync(new URL('data/posts.jsonl', import.meta.url), `${lines.join('\n')}\n`);
