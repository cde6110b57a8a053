/**
 * Memory of the UV operator under an endless stream of new devices:
 * `node scripts/run.js bench/endless.ts [--ids-per-hour N] [--hours N]`.
 * Every row is a device that was never seen before; windows of one minute open and fire as event
 * time goes on. What the operator holds at the end of each hour must not grow with the hours.
 */
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Batch, type RowSchema } from '../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../src/engine/batch/column.ts';
import { LinearMemory } from '../src/engine/memory/linear-memory.ts';
import { NodeCounters } from '../src/engine/operator/node-counters.ts';
import { WindowAggregateOperator } from '../src/engine/window/window-aggregate.ts';
import type { WindowAggregateSpec } from '../src/engine/window/window-spec.ts';
import { LENGTH_MAX, type LogicalType } from '../src/expression/type.ts';
import { describeRun } from './measured-process.ts';

const { values: options } = parseArgs({
  options: {
    'ids-per-hour': { type: 'string', default: '10000000' },
    hours: { type: 'string', default: '24' },
  },
});
const idsPerHour = Number(options['ids-per-hour']);
const hours = Number(options.hours);

const HOUR_MS = 3_600_000;
/**
 * The most of the second half of the hours against the most of the first half. Within a half what is
 * alive swings with the time since the dictionary was last swept; a trend shows between them.
 */
const GROWTH_MAX = 1.1;

const time: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: false };
const bound: LogicalType = { root: 'TIMESTAMP', precision: 3, nullable: false };
const count: LogicalType = { root: 'BIGINT', nullable: false };
const text: LogicalType = { root: 'VARCHAR', length: LENGTH_MAX, nullable: false };

const inputSchema: RowSchema = [
  { name: 'time', type: time },
  { name: 'device', type: text },
];
const spec: WindowAggregateSpec = {
  inputSchema,
  outputSchema: [
    { name: 'window_start', type: bound },
    { name: 'window_end', type: bound },
    { name: 'uv', type: count },
    { name: 'window_time', type: time },
  ],
  timeIndex: 0,
  window: { kind: 'tumble', sizeMs: 60_000, offsetMs: 0 },
  zone: null,
  groupBy: [],
  groupingSets: [[]],
  aggregates: [
    {
      kind: 'aggregate',
      aggregate: {
        function: 'COUNT',
        distinct: true,
        operand: { kind: 'column', name: 'device', index: 1, type: text },
        type: count,
      },
    },
  ],
};

let distinct = 0;
const memory = new LinearMemory();
const operator = new WindowAggregateOperator(
  spec,
  { evaluation: { timeZone: 'UTC', nowMs: () => 0, random: () => 0 }, memory },
  new NodeCounters(),
);
operator.open({
  main: {
    isFull: false,
    emit: (batch: Batch) => {
      const column = batch.columns[2]!;
      if (column.kind !== 'long') throw new Error('uv is BIGINT');
      for (let row = 0; row < batch.rowCount; row++) distinct += column.values[row]!;
    },
    emitWatermark: () => undefined,
    emitIdleness: () => undefined,
  },
  side: () => null,
});

const batch = new Batch(inputSchema);
let sent = 0;

/** A batch of devices that are new, evenly over the hour, and the watermark 25 s behind. */
function sendBatch(rowCount: number): void {
  batch.reset();
  const [times, devices] = batch.columns;
  if (times?.kind !== 'timestamp' || devices?.kind !== 'bytes') throw new Error('wrong columns');
  const arena = devices.reserve(rowCount * 12);
  for (let row = 0; row < rowCount; row++) {
    times.millis[row] = Math.floor((sent / idsPerHour) * HOUR_MS);
    devices.start[row] = arena.end;
    devices.length[row] = 12;
    const name = sent.toString(36).padStart(12, '0');
    for (let index = 0; index < 12; index++) {
      arena.block.bytes[arena.end + index] = name.charCodeAt(index);
    }
    arena.end += 12;
    sent++;
  }
  batch.rowCount = rowCount;
  operator.processBatch(batch);
  operator.processWatermark(times.millis[rowCount - 1]! - 25_000);
}

console.log(describeRun());
console.log(`${idsPerHour} new devices an hour, ${hours} hours of event time`);
const peaks: number[] = [];
const lives: number[] = [];
let cpuSeconds = 0;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
for (let hour = 1; hour <= hours; hour++) {
  let peakBytes = 0;
  while (sent < hour * idsPerHour) {
    sendBatch(Math.min(BATCH_ROWS, hour * idsPerHour - sent));
    if ((sent / BATCH_ROWS) % 64 < 1) peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
  }
  const { user, system } = process.cpuUsage();
  cpuSeconds = (user + system) / 1e6;
  peaks.push(peakBytes);
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const liveBytes = heapUsed + arrayBuffers + memory.kernels.reachedBytes();
  lives.push(liveBytes);
  const live = (liveBytes / 1e6).toFixed(0);
  const peak = (peakBytes / 1e6).toFixed(0);
  console.log(`hour ${String(hour).padStart(2)}  alive ${live} MB, resident at most ${peak} MB`);
}
operator.processWatermark(Infinity);
if (distinct !== sent) throw new Error(`${distinct} devices were counted, ${sent} were sent`);
const live = growthOf(lives);
const peak = growthOf(peaks);
console.log(`${sent} devices in ${cpuSeconds.toFixed(0)} CPU seconds, counted exactly`);
console.log(`second half of the hours to the first, each at its most (<= ${GROWTH_MAX}):`);
console.log(`alive ${live.toFixed(2)}, resident ${peak.toFixed(2)}`);
if (live > GROWTH_MAX || peak > GROWTH_MAX) process.exitCode = 1;

function growthOf(samples: readonly number[]): number {
  const middle = Math.ceil(samples.length / 2);
  return Math.max(...samples.slice(middle)) / Math.max(...samples.slice(0, middle));
}
