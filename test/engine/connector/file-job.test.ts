import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProcessFunction } from '../../../src/engine/process/process-function.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { recoveryWith } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { runs } from '../../support/property-runs.ts';
import { startSimulated } from '../../support/simulated-job.ts';

const FILES = 3;
const ROWS = 40;

const pipeline = `
pipeline: { name: copy }
sources:
  events:
    connector: filesystem
    path: ./in
    format: json
    on-error: dead-letter
    columns: { id: BIGINT, at: TIMESTAMP_LTZ(3) }
    watermark: { column: at, delay: 1s }
transforms:
  passed:
    process:
      module: ./pass.js
      key-by: [id]
      columns: { id: BIGINT }
sinks:
  out: { from: passed, connector: filesystem, path: ./out, format: json }
  dead: { from: events.dead, connector: filesystem, path: ./dead, format: json }
`;

/** Passes rows on; throws at these ids, each time that one comes for the first time. */
function failing(throwsAt: readonly number[]): ProcessFunction {
  const left = new Set(throwsAt);
  return {
    processElement(row, _context, out) {
      const id = Number(row['id']);
      if (left.delete(id)) throw new Error(`no more after ${id}`);
      out.collect({ id: row['id'] ?? null });
    },
  };
}

function inputFile(file: number): string {
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const id = row * FILES + file;
    const at = new Date(id * 1000).toISOString().replace('T', ' ');
    return row % 10 === 3 ? `broken ${id}\n` : `{"id": ${id}, "at": "${at}"}\n`;
  });
  return rows.join('');
}

function visible(platform: SimulatedPlatform, folder: string): string[] {
  const { disk } = platform;
  return disk
    .list(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => {
      const node = disk.find(`${folder}/${name}`);
      if (node?.kind !== 'file') throw new Error(`${name} is no file`);
      return new TextDecoder().decode(disk.content(node)).split('\n').slice(0, -1);
    })
    .sort();
}

test('a job from files to files that fails again and again writes each row once', async () => {
  const files = Object.fromEntries(
    Array.from({ length: FILES }, (_, file) => [`in/${file}.jsonl`, inputFile(file)]),
  );
  const readable = Object.values(files).join('').split('\n');
  const expected = readable.flatMap((line) => /^\{"id": (\d+)/.exec(line)?.[1] ?? []);
  const brokenCount = readable.filter((line) => line.startsWith('broken')).length;
  const settings = fc.record({
    seed: fc.nat(),
    parallelism: fc.integer({ min: 1, max: 3 }),
    intervalMs: fc.integer({ min: 1, max: 20 }),
    throwsAt: fc.uniqueArray(fc.nat(FILES * ROWS), { maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(settings, ({ seed, parallelism, intervalMs, throwsAt }) =>
      withRealWorldShut(async () => {
        const recovery = recoveryWith(new MemoryStorage(), { intervalMs });
        const modules = { '/work/pass.js': failing(throwsAt) };
        const job = { pipeline, files, parallelism, recovery };
        const { platform, handle } = await startSimulated(job, { seed, modules });
        const summary = await platform.drive(handle.done);
        const ids = visible(platform, '/work/out').map((line) => line.replace(/\D/g, ''));
        expect(ids.sort()).toEqual([...expected].sort());
        expect(visible(platform, '/work/dead')).toHaveLength(brokenCount);
        expect(summary).toMatchObject({ recordsIn: expected.length, deadRecords: brokenCount });
      }),
    ),
    { numRuns: runs(10) },
  );
});
