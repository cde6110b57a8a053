import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLatestSnapshot } from '../../../../src/engine/checkpoint/storage/latest-snapshot.ts';
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
 * A checkpoint directory and a savepoint as format 1 wrote them: contents in hexadecimal by path.
 * UPDATE_GOLDEN=1 writes a fixture that is not there yet, never one that is.
 */
const fixture = new URL('../fixtures/format-1.json', import.meta.url);

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
  writeFileSync(fixture, `${JSON.stringify(files, null, 2)}\n`);
}

function readFixture(): Record<string, Uint8Array> {
  const value: unknown = JSON.parse(readFileSync(fixture, 'utf8'));
  if (typeof value !== 'object' || value === null) throw new Error('the fixture is no object');
  return Object.fromEntries(
    Object.entries(value).map(([path, hex]) => [path, new Uint8Array(Buffer.from(hex, 'hex'))]),
  );
}

describe('format 1', () => {
  it('is read as it was written by the version that introduced it', async () => {
    if (process.env['UPDATE_GOLDEN'] === '1' && !existsSync(fixture)) await writeFixture();
    const world = createSimulatedPlatform({ seed: 1, files: readFixture() });
    const latest = await world.drive(readLatestSnapshot(world.files, directory, jobName));
    expect(latest).toEqual({
      kind: 'found',
      completedAtMs: expect.any(Number),
      location: `${directory}/${jobId}/chk-2`,
      snapshot: expectedSnapshot(checkpointOrder(2), { written: ['r'], reused: ['p'] }),
    });
    const savepoints = await world.drive(listSnapshots(world.files, savepointDirectory));
    expect(savepoints).toMatchObject([{ state: 'complete', manifest: { dreyVersion: '0.1.0' } }]);
    const location = savepoints[0]?.location ?? '';
    const read = await world.drive(readSnapshot(world.files, location));
    // Pieces come in the order in which they were added.
    expect(read).toEqual(expectedSnapshot(savepointOrder(3), { reused: ['p', 'r'] }));
  });

  it('is continued by this version: pieces are taken over, the run is counted', async () => {
    const world = createSimulatedPlatform({ seed: 1, files: readFixture() });
    const location = `${directory}/${jobId}/chk-2`;
    const next = await openStorage(world, { jobId: 'b'.repeat(32) });
    next.adopt(await world.drive(readSnapshot(world.files, location)), location, true);
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
