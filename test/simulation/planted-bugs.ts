/**
 * Mistakes that are planted from outside, each a double that wraps what a process is given: the
 * product knows nothing of them. The simulation must find each one within so many seeds.
 */
import {
  readSinkState,
  writeSinkState,
  type PendingPart,
} from '../../src/engine/connector/file/file-sink-state.ts';
import type {
  CompletedSnapshot,
  PendingSnapshot,
} from '../../src/engine/checkpoint/snapshot-storage.ts';
import type { JobSnapshot, OperatorState } from '../../src/engine/checkpoint/job-snapshot.ts';
import type { JobStorage, RestoreFrom } from '../../src/engine/minicluster.ts';
import type { StatePart } from '../../src/engine/state/state-part.ts';
import { StateReader } from '../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../src/engine/state/state-writer.ts';
import type { Planted } from './process-life.ts';

export interface PlantedBug {
  /** As in the catalogue. */
  readonly name: string;
  readonly planted: Planted;
  /** Why no schedule shows it; left out: one must. */
  readonly unreached?: string;
}

/** Parts as they are, changed, or left out. */
type ChangePart = (
  part: StatePart,
  at: { readonly uid: string; readonly subtask: number },
) => StatePart | null;

function withParts(change: ChangePart): Planted {
  const storage = (inner: JobStorage): JobStorage => ({
    ...bound(inner),
    begin: async (order) => changedPending(await inner.begin(order), change),
  });
  return { storage };
}

function changedPending(inner: PendingSnapshot, change: ChangePart): PendingSnapshot {
  return {
    ...boundPending(inner),
    add: async (uid, subtask, part) => {
      const changed = change(part, { uid, subtask });
      if (changed !== null) await inner.add(uid, subtask, changed);
    },
  };
}

/** Restored snapshots as they are read from the disk, at the start and after a failure. */
function withSnapshots(change: (snapshot: JobSnapshot) => JobSnapshot): Planted {
  return {
    storage: (inner) => ({
      ...bound(inner),
      read: async (location) => change(await inner.read(location)),
    }),
    restoreFrom: (from: RestoreFrom) => ({ ...from, snapshot: change(from.snapshot) }),
  };
}

function withOperators(
  snapshot: JobSnapshot,
  change: (operator: OperatorState) => OperatorState,
): JobSnapshot {
  return { ...snapshot, operators: snapshot.operators.map(change) };
}

function withPartsOf(
  operator: OperatorState,
  change: (part: StatePart, subtask: number) => readonly StatePart[],
): OperatorState {
  return {
    ...operator,
    subtasks: operator.subtasks.map((state) => ({
      ...state,
      parts: state.parts.flatMap((part) => change(part, state.subtask)),
    })),
  };
}

const isNamed = (part: StatePart, pattern: RegExp): boolean =>
  'name' in part && pattern.test(part.name);

/** Rewrites the parts of one name when they are restored. */
function restoring(change: (part: StatePart, subtask: number) => readonly StatePart[]): Planted {
  return withSnapshots((snapshot) =>
    withOperators(snapshot, (operator) => withPartsOf(operator, change)),
  );
}

/** The position of a split as it was when the next row had been read. */
function earlierOffset(part: StatePart): StatePart {
  if (!isNamed(part, /^splits$/) || part.kind !== 'union-list') return part;
  const reader = new StateReader(part.bytes);
  const writer = new StateWriter();
  writer.text(reader.text());
  const position = new StateReader(reader.bytes());
  const changed = new StateWriter();
  // Whole lines are not needed: a row that is cut is skipped as unreadable.
  changed.float64(position.float64() + 1);
  changed.append(position.rest());
  writer.bytes(changed.finish());
  writer.append(reader.rest());
  return { ...part, bytes: writer.finish() };
}

function pendingParts(
  part: StatePart,
  keep: (pending: readonly PendingPart[]) => readonly PendingPart[],
): StatePart {
  if (!isNamed(part, /^parts$/) || part.kind !== 'union-list') return part;
  const state = readSinkState(new StateReader(part.bytes));
  const writer = new StateWriter();
  writeSinkState(writer, { ...state, pending: keep(state.pending) });
  return { ...part, bytes: writer.finish() };
}

function newestOf(pending: readonly PendingPart[]): readonly PendingPart[] {
  const newest = Math.max(...pending.map(({ checkpointId }) => checkpointId));
  return pending.filter(({ checkpointId }) => checkpointId === newest);
}

/** The two times behind the version of a window's progress; both are lost, or the second one. */
function forgetProgress(part: StatePart, which: 'both' | 'judged'): StatePart {
  if (!isNamed(part, /^progress$/) || part.kind !== 'union-list') return part;
  const isWindow = part.bytes.length % 8 === 1;
  if (!isWindow) return part;
  const bytes = part.bytes.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (which === 'both') view.setFloat64(1, -Infinity, true);
  view.setFloat64(9, -Infinity, true);
  return { ...part, bytes };
}

function bound(inner: JobStorage): JobStorage {
  return {
    open: () => inner.open(),
    begin: (order) => inner.begin(order),
    discard: (snapshot) => inner.discard(snapshot),
    adopt: (snapshot, location, isOwned) => {
      inner.adopt(snapshot, location, isOwned);
    },
    close: () => inner.close(),
    read: (location) => inner.read(location),
    appendStatistics: (line) => {
      inner.appendStatistics?.(line);
    },
    checkAllowed: async () => inner.checkAllowed?.(),
    onLost: (listener) => inner.onLost?.(listener),
    jobEnded: async (end, retained) => (await inner.jobEnded?.(end, retained)) ?? true,
  };
}

function boundPending(inner: PendingSnapshot): PendingSnapshot {
  return {
    add: (uid, subtask, part) => inner.add(uid, subtask, part),
    markFinished: (uid, subtask) => {
      inner.markFinished(uid, subtask);
    },
    complete: (operators) => inner.complete(operators),
    abort: () => inner.abort(),
  };
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'commit before the checkpoint is durable',
    planted: {
      storage: (inner) => ({
        ...bound(inner),
        begin: async (order) => {
          const pending = await inner.begin(order);
          return {
            ...boundPending(pending),
            complete: async (operators) => {
              void pending.complete(operators).catch(() => undefined);
              return Promise.resolve({
                kind: order.kind,
                checkpointId: order.checkpointId,
                location: `/work/checkpoints/unknown/chk-${order.checkpointId}`,
                completedAtMs: order.triggeredAtMs,
                checkpointedSizeBytes: 0,
                stateSizeBytes: 0,
              });
            },
          };
        },
      }),
    },
  },
  { name: 'ack before fsync', planted: { skips: ({ kind }) => kind === 'sync' } },
  {
    name: 'rename without directory fsync',
    planted: { skips: ({ kind }) => kind === 'sync-folder' },
  },
  {
    name: 'manifest before data files',
    planted: { skips: ({ kind, path }) => kind === 'sync' && !path.includes('_metadata') },
  },
  { name: 'checksum not verified on read', planted: { readsDamaged: true } },
  {
    name: 'source offset taken after instead of at the barrier',
    unreached: 'a position that is a byte too far has not been noticed yet',
    planted: withParts(earlierOffset),
  },
  {
    name: 'pending committables only in their own checkpoint',
    planted: withParts((part) => pendingParts(part, newestOf)),
  },
  {
    name: 'restore commits only the newest',
    planted: restoring((part) => [pendingParts(part, newestOf)]),
  },
  {
    name: 'zombie not fenced',
    unreached: 'the next run has removed what the other one would commit',
    planted: { isFenceless: true },
  },
  {
    name: 'watermark not restored',
    planted: restoring((part) => (isNamed(part, /^time\//) ? [] : [forgetProgress(part, 'both')])),
  },
  {
    name: 'broadcast state not restored',
    planted: restoring((part) => (part.kind === 'broadcast' ? [] : [part])),
  },
  {
    name: 'key-group range off by one on rescale',
    planted: restoring((part) =>
      part.kind === 'key-group' ? [{ ...part, group: (part.group + 1) % 128 }] : [part],
    ),
  },
  {
    name: 'in-flight buffer dropped',
    planted: withParts((part) => (part.kind === 'input-channel' ? null : part)),
  },
  {
    name: 'in-flight buffer replayed twice',
    planted: restoring((part) => (part.kind === 'input-channel' ? [part, part] : [part])),
  },
  {
    name: 'late record re-opens a purged window with empty state',
    planted: restoring((part) => [forgetProgress(part, 'judged')]),
  },
  {
    name: 'prune removes what is still needed',
    planted: {
      storage: (inner) => {
        let newest: CompletedSnapshot | null = null;
        return {
          ...bound(inner),
          begin: async (order) => {
            const pending = await inner.begin(order);
            return {
              ...boundPending(pending),
              complete: async (operators) => (newest = await pending.complete(operators)),
            };
          },
          discard: (snapshot) => inner.discard(newest ?? snapshot),
        };
      },
    },
  },
];
