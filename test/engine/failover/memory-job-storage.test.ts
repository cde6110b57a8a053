import { expect, test } from 'vitest';
import { MemoryJobStorage } from '../../../src/engine/failover/memory-job-storage.ts';
import {
  checkpointOrder,
  createWorld,
  expectedSnapshot,
  jobId,
  jobName,
  savepointOrder,
  take,
} from '../checkpoint/storage/storage-world.ts';

function createStorage(): MemoryJobStorage {
  return new MemoryJobStorage(createWorld(), { jobId, jobName });
}

test('a checkpoint is read as it was written, with the pieces of an earlier one', async () => {
  const storage = createStorage();
  await take(storage, checkpointOrder(1), { written: ['p'] });
  const { location } = await take(storage, checkpointOrder(2), { written: ['q'], reused: ['p'] });
  const { operators } = await storage.read(location);
  const expected = expectedSnapshot(checkpointOrder(2), { written: ['q'], reused: ['p'] });
  expect(operators).toEqual(expected.operators);
});

test('pieces outlive the checkpoint that wrote them while a later one needs them', async () => {
  const storage = createStorage();
  const one = await take(storage, checkpointOrder(1), { written: ['p'] });
  await take(storage, checkpointOrder(2), { reused: ['p'] });
  await storage.discard(one);
  const { location } = await take(storage, checkpointOrder(3), { reused: ['p'] });
  expect((await storage.read(location)).operators).toEqual(
    expectedSnapshot(checkpointOrder(3), { reused: ['p'] }).operators,
  );
});

test('what it was restored from lends its pieces', async () => {
  const storage = createStorage();
  await storage.adopt(expectedSnapshot(checkpointOrder(1), { written: ['p'] }));
  const { location } = await take(storage, checkpointOrder(2), { reused: ['p'] });
  expect((await storage.read(location)).operators).toEqual(
    expectedSnapshot(checkpointOrder(2), { reused: ['p'] }).operators,
  );
});

test('a savepoint is refused: it needs a folder', async () => {
  await expect(createStorage().begin(savepointOrder(1))).rejects.toMatchObject({
    code: 'DREY_SAVEPOINT_REFUSED',
    exitCode: 5,
  });
});
