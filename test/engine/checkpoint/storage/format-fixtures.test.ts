import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../../../src/engine/checkpoint/job-snapshot.ts';
import { readLatestSnapshot } from '../../../../src/engine/checkpoint/storage/latest-snapshot.ts';
import { FORMAT_VERSION } from '../../../../src/engine/checkpoint/storage/manifest-codec.ts';
import { listSnapshots } from '../../../../src/engine/checkpoint/storage/list-snapshots.ts';
import { readSnapshot } from '../../../../src/engine/checkpoint/storage/read-snapshot.ts';
import { createSimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import {
  checkpointOrder,
  claimed,
  createWorld,
  directory,
  expectedSnapshot,
  jobId,
  jobName,
  openStorage,
  savepointDirectory,
  savepointOrder,
  take,
} from './storage-world.ts';

/**
 * A checkpoint directory and a savepoint as each format wrote them: contents in hexadecimal by path.
 * UPDATE_GOLDEN=1 writes the fixture of the current format where there is none yet, never one that is.
 */
function fixtureOf(format: number): URL {
  return new URL(`../fixtures/format-${format}.json`, import.meta.url);
}

const formats = Array.from({ length: FORMAT_VERSION }, (_, index) => index + 1);

/** What this format has of a snapshot: format 1 does not say what state means. */
function inFormat(format: number, snapshot: JobSnapshot): JobSnapshot {
  if (format > 1) return snapshot;
  const operators = snapshot.operators.map((each) => ({ ...each, stateSchema: [] }));
  return { ...snapshot, operators };
}

async function writeFixture(): Promise<void> {
  const world = createWorld();
  const storage = await openStorage(world, { dreyVersion: '0.1.0' });
  await world.drive(take(storage, checkpointOrder(1), { written: ['p', 'q'] }));
  await world.drive(take(storage, checkpointOrder(2), { written: ['r'], reused: ['p'] }));
  await world.drive(take(storage, savepointOrder(3), { reused: ['p', 'r'] }));
  await world.drive(storage.close());
  const files: Record<string, string> = {};
  const visit = (path: string): void => {
    for (const name of world.disk.list(path)) {
      const below = `${path}/${name}`;
      const node = world.disk.find(below);
      if (node?.kind === 'folder') visit(below);
      else if (node?.kind === 'file') {
        files[below] = Buffer.from(world.disk.content(node)).toString('hex');
      }
    }
  };
  visit(directory);
  visit(savepointDirectory);
  writeFileSync(fixtureOf(FORMAT_VERSION), `${JSON.stringify(files, null, 2)}\n`);
}

function readFixture(format: number): Record<string, Uint8Array> {
  const value: unknown = JSON.parse(readFileSync(fixtureOf(format), 'utf8'));
  if (typeof value !== 'object' || value === null) throw new Error('the fixture is no object');
  return Object.fromEntries(
    Object.entries(value).map(([path, hex]) => [path, new Uint8Array(Buffer.from(hex, 'hex'))]),
  );
}

describe.each(formats)('format %i', (format) => {
  it('is read as it was written by the version that introduced it', async () => {
    const isNew = !existsSync(fixtureOf(format)) && format === FORMAT_VERSION;
    if (process.env['UPDATE_GOLDEN'] === '1' && isNew) await writeFixture();
    const world = createSimulatedPlatform({ seed: 1, files: readFixture(format) });
    const latest = await world.drive(readLatestSnapshot(world.files, directory, jobName));
    expect(latest).toEqual({
      kind: 'found',
      completedAtMs: expect.any(Number),
      location: `${directory}/${jobId}/chk-2`,
      snapshot: inFormat(
        format,
        expectedSnapshot(checkpointOrder(2), { written: ['r'], reused: ['p'] }),
      ),
    });
    const savepoints = await world.drive(listSnapshots(world.files, savepointDirectory));
    expect(savepoints).toMatchObject([{ state: 'complete', manifest: { dreyVersion: '0.1.0' } }]);
    const location = savepoints[0]?.location ?? '';
    const read = await world.drive(readSnapshot(world.files, location));
    // Pieces come in the order in which they were added.
    const expected = expectedSnapshot(savepointOrder(3), { reused: ['p', 'r'] });
    expect(read).toEqual(inFormat(format, expected));
  });

  it('is continued by this version: pieces are taken over, the run is counted', async () => {
    const world = createSimulatedPlatform({ seed: 1, files: readFixture(format) });
    const location = `${directory}/${jobId}/chk-2`;
    const next = await openStorage(world, { jobId: 'b'.repeat(32) });
    const snapshot = await world.drive(readSnapshot(world.files, location));
    await world.drive(next.adopt(snapshot, location, true));
    await world.drive(take(next, checkpointOrder(4), { reused: ['p', 'r'] }));
    await world.drive(next.discard(claimed(location)));
    const listed = await world.drive(listSnapshots(world.files, directory));
    expect(listed.map(({ state, manifest }) => [state, manifest?.checkpointId])).toEqual([
      ['complete', 1],
      ['complete', 4],
    ]);
    expect(listed[1]?.manifest?.runNumber).toBe(2);
  });
});
