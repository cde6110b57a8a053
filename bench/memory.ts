/**
 * Peak memory of drey on the UV query as the file grows:
 * `npm run build && node scripts/run.js bench/memory.ts [--rounds N]`.
 * 2,000,000 events in 10 minutes, ten times as many at the same rate (100 minutes), and ten times
 * as many in 10 minutes, where each window holds ten times as many devices too. The two large
 * files take 2.1 GB each in bench/data.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { eventFile } from './event-files.ts';
import { describeRun, measureProcess, readRows, showSpread } from './measured-process.ts';

/** The most that the project promises for 20,000,000 events. */
const PEAK_MEMORY_MAX_BYTES = 300e6;

const cases = [
  { name: '2 M events, 10 minutes', millions: 2, minutes: 10 },
  { name: '20 M events, 100 minutes', millions: 20, minutes: 100 },
  { name: '20 M events, 10 minutes', millions: 20, minutes: 10 },
] as const;

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const folder = mkdtempSync(join(tmpdir(), 'drey-memory-'));
const output = join(folder, 'rows.jsonl');
try {
  const lines = cases.map(({ name, millions, minutes }) => {
    const file = eventFile(millions, minutes);
    const pipeline = resolve('bench/uv.yaml');
    const command = [process.execPath, resolve('bin/run.js'), 'run', pipeline];
    const usages = Array.from({ length: Number(options.rounds) }, () =>
      measureProcess([...command, '--param', `EVENTS=${file}`], output),
    );
    const { views } = readRows(output);
    if (views !== millions * 1e6) throw new Error(`${name}: only ${views} events were counted`);
    const peaks = usages.map(({ peakMemoryBytes }) => peakMemoryBytes / 1e6);
    const cpu = usages.map(({ cpuSeconds }) => cpuSeconds);
    const size = `${(statSync(file).size / 1e9).toFixed(2)} GB`;
    return `${name.padEnd(28)} ${size}  ${showSpread(peaks).padEnd(28)} ${showSpread(cpu)}`;
  });
  console.log(describeRun());
  console.log(`${'input'.padEnd(37)}  ${'peak MB'.padEnd(28)} CPU seconds`);
  console.log(lines.join('\n'));
  console.log(`promised: at most ${PEAK_MEMORY_MAX_BYTES / 1e6} MB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
