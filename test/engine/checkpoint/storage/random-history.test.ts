import { describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../../../src/engine/checkpoint/job-snapshot.ts';
import type {
  CompletedSnapshot,
  PendingSnapshot,
} from '../../../../src/engine/checkpoint/snapshot-storage.ts';
import type { FileSnapshotStorage } from '../../../../src/engine/checkpoint/storage/file-snapshot-storage.ts';
import { readLatestSnapshot } from '../../../../src/engine/checkpoint/storage/latest-snapshot.ts';
import {
  readManifest,
  readSnapshot,
} from '../../../../src/engine/checkpoint/storage/read-snapshot.ts';
import { pathOfFile } from '../../../../src/engine/checkpoint/storage/snapshot-layout.ts';
import { SeededRandom } from '../../../../src/platform/simulated/random.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../src/platform/simulated/simulated-platform.ts';
import { runs } from '../../../support/property-runs.ts';
import {
  checkpointOrder,
  directory,
  expectedSnapshot,
  fill,
  headers,
  jobName,
  openStorage,
  type Pieces,
} from './storage-world.ts';

interface Open {
  readonly id: number;
  readonly pieces: Pieces;
  readonly pending: PendingSnapshot;
}

/** A pipeline over many runs: what it took and must still find, as a second and simpler account. */
class History {
  private readonly random: SeededRandom;
  private world: SimulatedPlatform;
  private storage: FileSnapshotStorage;
  private jobId: string;
  private jobCount = 0;
  private nextId = 1;
  private nextPiece = 1;
  private open: Open[] = [];
  /** Complete ones of this run and what it claimed, oldest first. */
  private retained: CompletedSnapshot[] = [];
  /** Pieces of the newest complete one: what may be used again. */
  private usable: readonly string[] = [];
  private readonly expected = new Map<string, JobSnapshot>();

  private constructor(seed: number, world: SimulatedPlatform, storage: FileSnapshotStorage) {
    this.random = new SeededRandom(seed, 'history');
    this.world = world;
    this.storage = storage;
    this.jobId = nameOfJob(0);
  }

  static async start(seed: number): Promise<History> {
    const world = createSimulatedPlatform({ seed, fileLatencyMsMax: 1 });
    const storage = await openStorage(world, { jobId: nameOfJob(0) });
    return new History(seed, world, storage);
  }

  async step(): Promise<void> {
    const drawn = this.random.index(10);
    if (drawn < 3 && this.open.length < 2) await this.begin();
    else if (drawn < 7) await this.complete();
    else if (drawn === 7) await this.abort();
    else if (drawn < 9) await this.discard();
    else await this.crash();
  }

  /** All that is kept reads as it was taken. */
  async check(): Promise<void> {
    for (const [location, snapshot] of this.expected) {
      expect(await this.world.drive(readSnapshot(this.world.files, location))).toEqual(snapshot);
    }
  }

  /** After another start no file of pieces is there that nobody needs. */
  async checkOrphans(): Promise<void> {
    await this.crash();
    const needed = new Set<string>();
    for (const location of this.expected.keys()) {
      const { files } = await this.world.drive(readManifest(this.world.files, location));
      for (const file of files) needed.add(pathOfFile(location, file));
    }
    for (const job of this.world.disk.list(directory)) {
      const shared = `${directory}/${job}/shared`;
      if (this.world.disk.find(shared) === null) continue;
      for (const name of this.world.disk.list(shared))
        expect(needed).toContain(`${shared}/${name}`);
    }
  }

  private async begin(): Promise<void> {
    const id = this.nextId++;
    const written = Array.from({ length: this.random.index(3) }, () => `p${this.nextPiece++}`);
    const reused = this.usable.filter(() => this.random.chance(0.6));
    const pending = await this.world.drive(this.storage.begin(checkpointOrder(id)));
    const pieces = { written, reused };
    await this.world.drive(fill(pending, id, pieces));
    this.open.push({ id, pieces, pending });
  }

  private async complete(): Promise<void> {
    // As the coordinator does it: those before it are subsumed.
    const done = this.open.pop();
    if (done === undefined) return;
    const older = this.open;
    this.open = [];
    for (const { pending } of older) await this.world.drive(pending.abort());
    const snapshot = await this.world.drive(done.pending.complete(headers));
    this.retained.push(snapshot);
    this.usable = [...(done.pieces.reused ?? []), ...(done.pieces.written ?? [])];
    const expected = expectedSnapshot(checkpointOrder(done.id), inOrder(done.pieces), this.jobId);
    this.expected.set(snapshot.location, expected);
  }

  private async abort(): Promise<void> {
    const [first] = this.open.splice(0, 1);
    if (first !== undefined) await this.world.drive(first.pending.abort());
  }

  private async discard(): Promise<void> {
    if (this.retained.length < 2) return;
    const [oldest] = this.retained.splice(0, 1);
    if (oldest === undefined) return;
    this.expected.delete(oldest.location);
    await this.world.drive(this.storage.discard(oldest));
  }

  /** Some steps of a checkpoint, which nobody will be told of. */
  private async takePartly(): Promise<{ readonly id: number; readonly pieces: Pieces }> {
    const id = this.nextId++;
    const pieces = { written: [`p${this.nextPiece++}`], reused: this.usable };
    const taking = async (): Promise<void> => {
      const pending = await this.storage.begin(checkpointOrder(id));
      await fill(pending, id, pieces);
      await pending.complete(headers);
    };
    // It never settles when the power fails before.
    void taking();
    const steps = this.random.index(80);
    for (let step = 0; step < steps; step++) await this.world.scheduler.step();
    return { id, pieces };
  }

  /** The power fails; the next run goes on from the latest one, with a claim or without. */
  private async crash(): Promise<void> {
    const under = this.random.chance(0.7) ? await this.takePartly() : null;
    this.world = this.world.crash('any');
    const oldJobId = this.jobId;
    this.jobId = nameOfJob(++this.jobCount);
    this.open = [];
    const before = this.retained.at(-1);
    this.storage = await openStorage(this.world, { jobId: this.jobId });
    const { files } = this.world;
    const latest = await this.world.drive(readLatestSnapshot(files, directory, jobName));
    if (latest.kind !== 'found') {
      expect(this.expected.size).toBe(0);
      return;
    }
    if (under !== null && latest.snapshot.checkpointId === under.id) {
      const expected = expectedSnapshot(checkpointOrder(under.id), inOrder(under.pieces), oldJobId);
      this.expected.set(latest.location, expected);
      this.usable = inOrder(under.pieces).written ?? [];
    } else if (before !== undefined) {
      expect(latest.location).toBe(before.location);
    }
    const isOwned = this.random.chance(0.5);
    await this.world.drive(this.storage.adopt(latest.snapshot, latest.location, isOwned));
    const { location, completedAtMs, snapshot } = latest;
    const { kind, checkpointId } = snapshot;
    const sizes = { checkpointedSizeBytes: 0, stateSizeBytes: 0 };
    this.retained = isOwned ? [{ kind, checkpointId, location, completedAtMs, ...sizes }] : [];
  }
}

function inOrder({ written = [], reused = [] }: Pieces): Pieces {
  return { written: [...written, ...reused] };
}

function nameOfJob(index: number): string {
  return index.toString(16).padStart(32, 'a');
}

describe('a pipeline over many runs', () => {
  it('finds all that it keeps, and leaves nothing that it does not', async () => {
    for (let seed = 1; seed <= runs(20); seed++) {
      const history = await History.start(seed);
      for (let step = 0; step < 40; step++) {
        await history.step();
        await history.check();
      }
      await history.checkOrphans();
    }
  });
});
