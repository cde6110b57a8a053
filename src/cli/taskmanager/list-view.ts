/** TaskManagers as a table: slots and the last heartbeat first, for these say whether all is well. */
import { formatBytes } from '../../output/humanise.ts';
import {
  bytesCell,
  countCell,
  durationCell,
  shareCell,
  textCell,
  type Cell,
  type View,
} from '../../output/view.ts';
import type { JobSlots, TaskManagerEntry, TaskManagerListResult } from './list-task-managers.ts';

/** Two heartbeats of the default interval of 10 s were missed. */
export const HEARTBEAT_LATE_MS = 25_000;

export function taskManagerListView({ taskManagers }: TaskManagerListResult): View {
  return {
    sections: [
      {
        kind: 'table',
        empty: 'no TaskManagers: no job can run',
        columns: [
          { key: 'taskManagerId', heading: 'TASKMANAGER' },
          { key: 'slots', heading: 'SLOTS' },
          { key: 'freeSlots', heading: 'FREE' },
          { key: 'heapUsedShare', heading: 'HEAP' },
          { key: 'heapMaxBytes', heading: 'OF' },
          { key: 'processMemoryBytes', heading: 'PROCESS' },
          { key: 'heartbeatAgeMs', heading: 'HEARTBEAT' },
          { key: 'jobs', heading: 'JOBS' },
          { key: 'managedMemoryBytes', heading: 'MANAGED', isWide: true },
          { key: 'cpuCores', heading: 'CORES', isWide: true },
          { key: 'dataPort', heading: 'DATA PORT', isWide: true },
          { key: 'path', heading: 'PATH', isWide: true },
        ],
        rows: taskManagers.map(rowOf),
      },
    ],
    names: taskManagers.map(({ taskManagerId }) => taskManagerId),
  };
}

function rowOf(entry: TaskManagerEntry): readonly Cell[] {
  return [
    textCell(entry.taskManagerId),
    countCell(entry.slots),
    countCell(entry.freeSlots),
    shareCell(heapShare(entry)),
    bytesCell(entry.heapMaxBytes),
    bytesCell(entry.processMemoryBytes),
    heartbeatCell(entry.heartbeatAgeMs),
    textCell(entry.jobs === null ? null : jobsText(entry.jobs)),
    bytesCell(entry.managedMemoryBytes),
    textCell(entry.cpuCores === null ? null : String(entry.cpuCores)),
    textCell(entry.dataPort === null ? null : String(entry.dataPort)),
    textCell(entry.path),
  ];
}

export function heartbeatCell(ageMs: number | null): Cell {
  return durationCell(ageMs, (ageMs ?? 0) > HEARTBEAT_LATE_MS ? 'bad' : undefined);
}

export function heapShare(heap: {
  readonly heapUsedBytes: number | null;
  readonly heapMaxBytes: number | null;
}): number | null {
  const { heapUsedBytes, heapMaxBytes } = heap;
  if (heapUsedBytes === null || heapMaxBytes === null || heapMaxBytes <= 0) return null;
  return heapUsedBytes / heapMaxBytes;
}

/** `1.2 GiB of 4 GiB`. */
export function usedText(usedBytes: number | null, maxBytes: number | null): string | null {
  if (usedBytes === null) return null;
  const used = formatBytes(usedBytes);
  return maxBytes === null ? used : `${used} of ${formatBytes(maxBytes)}`;
}

/** `clicks (2), uv`: how many slots, where it is more than one. */
function jobsText(jobs: readonly JobSlots[]): string {
  return jobs
    .map(({ jobId, name, slots }) => {
      const title = name ?? jobId.slice(0, 8);
      return slots === 1 ? title : `${title} (${slots})`;
    })
    .join(', ');
}
