/**
 * Mistakes that the simulation must find: each an edit of the engine's text, as somebody could have
 * typed it. They exist in a test build alone (planted-build.ts); the product knows nothing of them.
 * Invariant: each text that is replaced occurs exactly once, so that no bug is planted in the air.
 */
import { crashModeOf, type Fault, type WorldKind } from './faults.ts';
import type { Schedule } from './schedule.ts';
import type { WorkloadKind } from './workload-plan.ts';

export interface SourceEdit {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

export interface PlantedBug {
  /** As in the catalogue. */
  readonly name: string;
  readonly edits: readonly SourceEdit[];
  /** Of files by default. */
  readonly world?: WorldKind;
  /** Schedules that come to the text; the others are passed over. Left out: all do. */
  readonly where?: (schedule: Schedule) => boolean;
}

const has =
  (is: (fault: Fault) => boolean) =>
  ({ faults }: Schedule): boolean =>
    faults.some(is);
const diesHard = has(({ kind }) => crashModeOf(kind) !== null);
const computes =
  (...kinds: readonly WorkloadKind[]) =>
  ({ workload }: Schedule): boolean =>
    kinds.includes(workload.kind);

/** Elsewhere no row is late, or somebody else drops what comes of it. */
const hasLateWindows = ({ workload: { kind, files, window } }: Schedule): boolean =>
  kind === 'window' && files.length === 1 && window.type !== 'session';

const storage = 'src/engine/checkpoint/storage';

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'commit before the checkpoint is durable',
    where: diesHard,
    edits: [
      {
        file: 'src/engine/checkpoint/coordinator.ts',
        find: `this.#effects.push({ kind: 'complete', checkpointId });`,
        put: `this.#notify(pending);
    this.#effects.push({ kind: 'complete', checkpointId });`,
      },
    ],
  },
  {
    name: 'ack before fsync',
    where: diesHard,
    edits: [
      {
        file: 'src/engine/connector/file/file-sink.ts',
        find: `for (const part of parts) await finish(part);`,
        put: `for (const part of parts) void finish(part).catch(() => undefined);`,
      },
    ],
  },
  {
    name: 'rename without directory fsync',
    where: diesHard,
    edits: [
      {
        file: `${storage}/durable-files.ts`,
        find: `await files.rename(join(folder, newName), join(folder, name));
  await files.syncFolder(folder);`,
        put: `await files.rename(join(folder, newName), join(folder, name));`,
      },
    ],
  },
  {
    name: 'manifest before data files',
    where: diesHard,
    edits: [
      {
        file: `${storage}/file-series.ts`,
        find: `this.endFile();
    await this.queue;
    this.throwFailure();`,
        put: `this.endFile();`,
      },
    ],
  },
  {
    name: 'checksum not verified on read',
    where: has(({ kind }) => kind === 'file damaged'),
    edits: [
      {
        file: `${storage}/read-checksums.ts`,
        find: `if (this.sum(bytes, part.offset + part.sizeBytes) !== part.crc32) {`,
        put: `if (this.sum(bytes, part.offset + part.sizeBytes) < 0) {`,
      },
      {
        file: `${storage}/read-checksums.ts`,
        find: `if (this.checksum !== this.file.crc32) {`,
        put: `if (this.checksum < 0) {`,
      },
    ],
  },
  {
    name: 'source offset taken after instead of at the barrier',
    edits: [
      {
        file: 'src/engine/task/subtask.ts',
        find: `source.snapshotState(written);`,
        // When the parts are written, and not when the barrier goes out.
        put: `const finish = written.finish.bind(written);
      written.finish = () => {
        source.snapshotState(written);
        return finish();
      };`,
      },
    ],
  },
  {
    name: 'pending committables only in their own checkpoint',
    edits: [
      {
        file: 'src/engine/connector/file/file-sink.ts',
        find: `pending: this.parts.map(pendingOf),`,
        put: `pending: this.parts.map(pendingOf).filter((part) => part.checkpointId === checkpointId),`,
      },
    ],
  },
  {
    name: 'restore commits only the newest',
    edits: [
      {
        file: 'src/engine/connector/file/file-sink.ts',
        find: `await this.commitRestored(pending);`,
        put: `const newestId = Math.max(...pending.map(({ checkpointId }) => checkpointId));
    await this.commitRestored(pending.filter((part) => part.checkpointId === newestId));`,
      },
    ],
  },
  {
    name: 'zombie not fenced',
    where: has(({ kind }) => kind === 'zombie process'),
    edits: [
      {
        file: `${storage}/checkpoint-lock.ts`,
        find: `if ((await this.highest()) > this.number) {`,
        put: `if ((await this.highest()) < 0) {`,
      },
    ],
  },
  {
    name: 'timers missing from the snapshot',
    where: computes('timers'),
    edits: [
      {
        file: 'src/engine/process/keyed-process.ts',
        find: `this.backend.add(this.timers.eventTime, '');`,
        put: ``,
      },
    ],
  },
  {
    name: 'watermark not restored',
    where: hasLateWindows,
    edits: [
      {
        file: 'src/engine/channel/input-gate.ts',
        find: `let lowestMs: number | null = null;`,
        put: `if (restored.parallelism > 0) return;
    let lowestMs: number | null = null;`,
      },
      {
        file: 'src/engine/task/source-task.ts',
        find: `rows.restoreSplit(index, state.time);`,
        put: ``,
      },
      {
        file: 'src/engine/task/source-task.ts',
        find: `if (restored !== null) rows.restoreProgress(restored.combinedMs);`,
        put: ``,
      },
      {
        file: 'src/engine/window/window-aggregate.ts',
        find: `this.watermarkMs = progress.watermarkMs;
    this.rowWatermarks.judgedMs = progress.judgedMs;`,
        put: ``,
      },
      {
        file: 'src/engine/process/keyed-process.ts',
        find: `this.timers.watermarkMs = watermarkMs;
    this.emittedWatermarkMs = emittedWatermarkMs;`,
        put: ``,
      },
    ],
  },
  {
    name: 'broadcast state restored only on subtask 0',
    where: ({ workload }) => workload.hasLookup,
    edits: [
      {
        file: 'src/engine/state/restored-parts.ts',
        find: `for (const part of this.parts()) {
      if (part.kind === 'broadcast'`,
        put: `for (const part of this.parts()) {
      if (this.subtask === 0 && part.kind === 'broadcast'`,
      },
    ],
  },
  {
    name: 'key-group range off by one on rescale',
    edits: [
      {
        file: 'src/engine/state/key-groups.ts',
        find: `first: Math.floor((subtask * maxParallelism + parallelism - 1) / parallelism),`,
        put: `first: Math.floor((subtask * maxParallelism) / parallelism),`,
      },
    ],
  },
  {
    name: 'in-flight buffer dropped',
    where: ({ checkpoints }) => checkpoints.isUnaligned,
    edits: [
      {
        file: 'src/engine/channel/in-flight.ts',
        find: `let left = reader.uint32(); left > 0; left--) {
    batches.push(decodeBatch(reader.bytes(), schema));`,
        put: `let left = reader.uint32(); left > 0; left--) {
    const batch = decodeBatch(reader.bytes(), schema);
    if (left > 1) batches.push(batch);`,
      },
    ],
  },
  {
    name: 'in-flight buffer replayed twice',
    where: ({ checkpoints }) => checkpoints.isUnaligned,
    edits: [
      {
        file: 'src/engine/channel/in-flight.ts',
        find: `let left = reader.uint32(); left > 0; left--) {
    batches.push(decodeBatch(reader.bytes(), schema));`,
        put: `let left = reader.uint32(); left > 0; left--) {
    const bytes = reader.bytes();
    batches.push(decodeBatch(bytes, schema), decodeBatch(bytes, schema));`,
      },
    ],
  },
  {
    name: 'aligned barrier on a closed input waits for ever',
    where: ({ parallelism }) => parallelism > 1,
    edits: [
      {
        file: 'src/engine/task/subtask.ts',
        find: `this.links.sendBarrier(barrier, isUnaligned);`,
        put: `if (!this.hasEnded) this.links.sendBarrier(barrier, isUnaligned);`,
      },
    ],
  },
  {
    name: 'idle partition holds the watermark',
    where: computes('window', 'top-n'),
    edits: [
      {
        file: 'src/engine/time/split-watermarks.ts',
        find: `this.states[split] = splitStates.ended;
    this.strategy.forget(split);`,
        put: `this.strategy.forget(split);`,
      },
    ],
  },
  {
    name: 'time to live by the wall clock at restore',
    where: computes('count', 'timers'),
    edits: [
      {
        file: 'src/engine/state/keyed/keyed-table.ts',
        find: `return source.uint8() === 0 ? NO_STAMP : source.float64();`,
        put: `if (source.uint8() === 1) source.float64();
    return NO_STAMP;`,
      },
    ],
  },
  {
    name: 'dictionary number assigned outside of state',
    where: computes('numbers'),
    edits: [
      {
        file: 'src/engine/state/value-numbers.ts',
        find: `for (const [index, id] of ids.entries()) this.numbers[id] = numbers[index]!;`,
        put: ``,
      },
    ],
  },
  {
    name: 'id of a distinct value assigned outside of state',
    where: computes('window', 'top-n'),
    edits: [
      {
        file: 'src/engine/state/local-ids.ts',
        find: `this.table = this.dictionary.readKeys(reader, place);`,
        put: `this.table = this.dictionary.readKeys(reader, place).map((_, at) => at);`,
      },
    ],
  },
  {
    name: 'prune removes a shared incremental file',
    where: (schedule) =>
      schedule.checkpoints.isIncremental && computes('count', 'timers')(schedule),
    edits: [
      {
        file: `${storage}/piece-register.ts`,
        find: `this.needs.delete(location);`,
        put: `for (const path of this.needs.get(location) ?? []) {
      for (const paths of this.needs.values()) paths.delete(path);
    }
    this.needs.delete(location);`,
      },
    ],
  },
  {
    name: 'late record re-opens a purged window with empty state',
    where: hasLateWindows,
    edits: [
      {
        file: 'src/engine/window/tumble-store.ts',
        find: `    if (watermarkMs >= this.clock.triggerOf(startMs + this.clock.sliceMs)) return null;
`,
        put: ``,
      },
    ],
  },
];
