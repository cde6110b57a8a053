/**
 * Writes the events that the throughput benchmarks read:
 * `node bench/generate-events.mjs [--events N] [--minutes N] [--variant NAME] [--seed N] FILE`.
 * By default 2,000,000 events of 104 bytes on average, 200,000 devices, 2,000 localIds, 10 minutes.
 * One in fifty events is up to 20 s behind the others, none is late for a watermark of 25 s.
 * Variants hold the same events, so they have the same result:
 * - regular: fields in one order;
 * - shuffled: fields in a random order in every row;
 * - escaped: an unknown nested field with escapes in every row, an escape in one of ten deviceIds;
 * - shuffled-escaped: both.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';

const DEVICES = 200_000;
const LOCALITIES = 2000;
/** 2023-11-14 22:13:00 UTC, the start of a minute. */
const START_MS = 1_699_999_980_000;
const MINUTE_MS = 60_000;
const BEHIND_MS_MAX = 20_000;
const USUALLY_BEHIND_MS_MAX = 2_000;
const WRITE_CHARACTERS = 1 << 20;

const EVENTS = [...Array(6).fill('exposure'), ...Array(2).fill('click'), 'delivery', 'view'];
const PROVINCES = [
  11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
  53, 54, 61, 62, 63, 64, 65,
];

/** Numbers from 0 up to 1; see seeded-random.ts. */
function randomFrom(seed) {
  let counter = seed | 0;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = counter ^ (counter >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 4_294_967_296;
  };
}

// Powers by multiplication and square root, which give the same bits everywhere; `**` may not.
const squared = (x) => x * x;
const cubed = (x) => x * x * x;
const skewed = (x) => x * Math.sqrt(x);
const digits = (number, count) => String(number).padStart(count, '0');

function createLocalities(random) {
  const below = (n) => Math.floor(random() * n);
  return Array.from({ length: LOCALITIES }, () => {
    const province = PROVINCES[Math.floor(squared(random()) * PROVINCES.length)];
    const city = digits(1 + below(20), 2);
    const county = digits(1 + below(30), 2);
    return `${province}${city}${county}${digits(below(10_000_000), 7)}`;
  });
}

/** Puts the fields in a random order, in place. */
function shuffle(fields, random) {
  for (let last = fields.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [fields[last], fields[other]] = [fields[other], fields[last]];
  }
}

function rowWriter(variant, seed) {
  const isShuffled = variant.startsWith('shuffled');
  const isEscaped = variant.endsWith('escaped');
  // A sequence of its own, so that every variant has the same events.
  const random = randomFrom(seed ^ 0x5bd1e995);
  return ({ ts, device, localId, event, infoId }) => {
    const name = isEscaped && random() < 0.1 ? `\\u0064${device}` : `d${device}`;
    const fields = [
      `"ts":${ts}`,
      `"deviceId":"${name}"`,
      `"localId":"${localId}"`,
      `"event":"${event}"`,
      `"infoId":${infoId}`,
    ];
    if (isEscaped) {
      const id = Math.floor(random() * 1e6);
      fields.push(
        `"page":{"url":"https:\\/\\/news.example\\/${id}","tags":["a \\"b\\"","}]"],"ok":true}`,
      );
    }
    if (isShuffled) shuffle(fields, random);
    return `{${fields.join(',')}}\n`;
  };
}

const { values: options, positionals } = parseArgs({
  options: {
    events: { type: 'string', default: '2000000' },
    minutes: { type: 'string', default: '10' },
    variant: { type: 'string', default: 'regular' },
    seed: { type: 'string', default: '1' },
  },
  allowPositionals: true,
});
const [file] = positionals;
const variants = ['regular', 'shuffled', 'escaped', 'shuffled-escaped'];
if (file === undefined || !variants.includes(options.variant)) {
  process.stderr.write(`usage: generate-events.mjs [--variant ${variants.join('|')}] FILE\n`);
  process.exit(2);
}

const eventCount = Number(options.events);
const durationMs = Number(options.minutes) * MINUTE_MS;
const seed = Number(options.seed);
const random = randomFrom(seed);
const localities = createLocalities(random);
const writeRow = rowWriter(options.variant, seed);
const output = openSync(file, 'w');
let text = '';
for (let index = 0; index < eventCount; index++) {
  const nowMs = START_MS + Math.floor((index / eventCount) * durationMs);
  const behindMsMax = random() < 0.02 ? BEHIND_MS_MAX : USUALLY_BEHIND_MS_MAX;
  text += writeRow({
    ts: Math.max(START_MS, nowMs - Math.floor(random() * behindMsMax)),
    device: digits(Math.floor(skewed(random()) * DEVICES), 8),
    localId: localities[Math.floor(cubed(random()) * LOCALITIES)],
    event: EVENTS[Math.floor(random() * EVENTS.length)],
    infoId: Math.floor(random() * 1e6),
  });
  if (text.length >= WRITE_CHARACTERS) {
    writeSync(output, text);
    text = '';
  }
}
writeSync(output, text);
closeSync(output);
