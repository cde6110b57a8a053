import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineError } from '../../../src/errors/drey-error.ts';
import type { BackendOptions, JobRecovery, PickSubtask } from '../../../src/engine/minicluster.ts';
import { FileJobStorage } from '../../../src/engine/snapshots.ts';
import type {
  ListState,
  MapState,
  OpenContext,
  ProcessFunction,
  ValueState,
} from '../../../src/engine/process/process-function.ts';
import { FileFaults } from '../../../src/platform/simulated/file-faults.ts';
import { SeededRandom } from '../../../src/platform/simulated/random.ts';
import { SimulatedScratchFiles } from '../../../src/platform/simulated/scratch-files.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';
import { recoveryWith } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { runs } from '../../support/property-runs.ts';
import { jobFolder, startOn } from '../../support/simulated-job.ts';

const pipeline = `
pipeline: { name: sums }
sources:
  events:
    connector: filesystem
    path: events.jsonl
    format: json
    columns: { userId: STRING, amount: BIGINT }
transforms:
  sums:
    process:
      module: ./sums.js
      key-by: [userId]
      columns: { userId: STRING, n: BIGINT, total: BIGINT, last: BIGINT, most: BIGINT }
sinks:
  result: { from: sums, connector: filesystem, path: out, format: json }
`;

/** All kinds of state, whose sums show each row that is lost, doubled or from another moment. */
class Sums implements ProcessFunction {
  private total!: ValueState<number>;
  private last!: ListState<number>;
  private counts!: MapState<number, number>;

  open(context: OpenContext): void {
    this.total = context.valueState('total');
    this.last = context.listState('last');
    this.counts = context.mapState('counts');
  }

  processElement(...[row, , out]: Parameters<ProcessFunction['processElement']>): void {
    const amount = Number(row['amount']);
    this.total.update((this.total.value() ?? 0) + amount);
    this.last.update([...this.last.get().slice(-4), amount]);
    this.counts.put(amount, (this.counts.get(amount) ?? 0) + 1);
    if (amount === 7) this.counts.remove(3);
    out.collect({
      userId: row['userId'] ?? null,
      n: this.counts.values().reduce((a, b) => a + b, 0),
      total: this.total.value(),
      last: this.last.get().reduce((a, b) => a + b, 0),
      most: Math.max(...this.counts.keys()),
    });
  }
}

interface Event {
  readonly userId: string;
  readonly amount: number;
}

function naive(events: readonly Event[]): readonly string[] {
  const users = new Map<string, { total: number; last: number[]; counts: Map<number, number> }>();
  const lines = events.map(({ userId, amount }) => {
    const user = users.get(userId) ?? { total: 0, last: [], counts: new Map<number, number>() };
    users.set(userId, user);
    user.total += amount;
    user.last = [...user.last.slice(-4), amount];
    user.counts.set(amount, (user.counts.get(amount) ?? 0) + 1);
    if (amount === 7) user.counts.delete(3);
    const n = [...user.counts.values()].reduce((a, b) => a + b, 0);
    const last = user.last.reduce((a, b) => a + b, 0);
    const most = Math.max(...user.counts.keys());
    return JSON.stringify({ userId, n, total: user.total, last, most });
  });
  return lines.sort();
}

/** Draws the next subtask; some steps fail. */
function failingPick(seed: number): PickSubtask {
  const random = new SeededRandom(seed);
  let left = 4;
  return (runnable) => {
    if (left > 0 && random.next() < 0.02) {
      left--;
      throw new EngineError('DREY_PROCESS_FAILED', 'a failure that was drawn');
    }
    return Math.floor(random.next() * runnable.length);
  };
}

/** A few cells make a step, and some steps a piece. */
const limits = {
  wholeBytes: 0,
  pieceBytes: 300,
  stepCells: 4,
  stepBytes: 200,
  rewriteBytes: 300,
  sparePieces: 3,
};
const scratchFiles = new SimulatedScratchFiles(new FileFaults());
const inMemory: BackendOptions = { isIncremental: true, limits };
const onDisk: BackendOptions = {
  ...inMemory,
  spill: {
    memoryBytes: 512,
    openScratch: () => scratchFiles.open('/scratch'),
    sizes: { chunkBytes: 512, pageBytes: 64, pages: 4 },
  },
};

const events = fc.array(
  fc.record({ userId: fc.constantFrom('a', 'b', 'c', 'd', 'e'), amount: fc.nat({ max: 9 }) }),
  { minLength: 1, maxLength: 1_000, size: 'max' },
);

/** Checkpoints in files; few are retained, so that pieces are deleted when none names them. */
function fileRecovery(platform: SimulatedPlatform, maxConcurrent: number): JobRecovery {
  const memory = recoveryWith(new MemoryStorage(), {
    intervalMs: 8,
    maxConcurrent,
    retainedMax: 1,
  });
  const options = {
    platform,
    checkpointDirectory: `${jobFolder}/checkpoints`,
    savepointDirectory: null,
    retention: 'DELETE_ON_CANCELLATION' as const,
    dreyVersion: '0.0.0',
  };
  return { ...memory, storageOf: (job) => new FileJobStorage(options, job) };
}

test.each([
  ['in memory', inMemory],
  ['with values on disk', onDisk],
  ['in memory, written whole', { ...inMemory, isIncremental: false }],
])('keyed state comes back whenever a step fails, at any parallelism: %s', (_name, stateBackend) =>
  withRealWorldShut(() =>
    fc.assert(
      fc.asyncProperty(
        events,
        fc.nat(),
        fc.constantFrom(1, 2, 3),
        fc.constantFrom(1, 2),
        async (given, seed, parallelism, maxConcurrent) => {
          const text = given.map((each) => JSON.stringify(each)).join('\n');
          const platform = createSimulatedPlatform({
            workingDirectory: jobFolder,
            seed,
            fileLatencyMsMax: 2,
            files: { [`${jobFolder}/events.jsonl`]: text },
            modules: { '/work/sums.js': Sums },
          });
          const handle = await startOn(platform, {
            pipeline,
            parallelism,
            stateBackend,
            pick: failingPick(seed),
            recovery: fileRecovery(platform, maxConcurrent),
          });
          await platform.drive(handle.done);
          const { disk } = platform;
          const lines = disk
            .list(`${jobFolder}/out`)
            .filter((name) => !name.startsWith('.'))
            .flatMap((name) => {
              const file = disk.find(`${jobFolder}/out/${name}`);
              const text =
                file?.kind === 'file' ? new TextDecoder().decode(disk.content(file)) : '';
              return text.split('\n').filter((line) => line !== '');
            });
          expect(lines.sort()).toEqual(naive(given));
          expect(scratchFiles.openFiles).toBe(0);
        },
      ),
      { numRuns: runs(30) },
    ),
  ),
);
