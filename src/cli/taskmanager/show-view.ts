/** One TaskManager for people: who it is and how it does, its jobs, its memory. */
import {
  bytesCell,
  countCell,
  durationCell,
  shareCell,
  textCell,
  type Field,
  type Mood,
  type Section,
  type View,
} from '../../output/view.ts';
import { heapShare, heartbeatCell, usedText } from './list-view.ts';
import type { TaskManagerShown } from './show-task-manager.ts';

/** A tenth of the time is a lot. */
const GC_MS_PER_SEC_MUCH = 100;
const HEAP_SHARE_MUCH = 0.9;

export function taskManagerView(shown: TaskManagerShown): View {
  return {
    sections: [
      { kind: 'fields', fields: [...identityFields(shown), ...loadFields(shown)] },
      jobTable(shown),
      collectorTable(shown),
      memoryTable(shown),
    ],
    names: [shown.taskManagerId],
  };
}

function identityFields(shown: TaskManagerShown): readonly Field[] {
  const { slots, freeSlots } = shown;
  const free = slots === null ? null : `${freeSlots ?? '?'} of ${slots} free`;
  return [
    { key: 'taskManagerId', label: 'TaskManager', cell: textCell(shown.taskManagerId) },
    { key: 'path', label: 'path', cell: textCell(shown.path), isWide: true },
    { key: 'dataPort', label: 'data port', cell: countCell(shown.dataPort), isWide: true },
    { key: 'heartbeatAgeMs', label: 'last heartbeat', cell: heartbeatCell(shown.heartbeatAgeMs) },
    { key: 'slots', label: 'slots', cell: textCell(free) },
    { key: 'cpuCores', label: 'cores', cell: countCell(shown.cpuCores) },
  ];
}

function loadFields(shown: TaskManagerShown): readonly Field[] {
  const heap = heapShare(shown);
  const much = moodIf((heap ?? 0) >= HEAP_SHARE_MUCH);
  const { heapUsedBytes, heapMaxBytes, metaspaceUsedBytes, metaspaceMaxBytes } = shown;
  const network = usedText(shown.networkMemoryUsedBytes, shown.networkMemoryTotalBytes);
  const gcShare = shown.gcMsPerSec === null ? null : shown.gcMsPerSec / 1000;
  const gcMood = moodIf((shown.gcMsPerSec ?? 0) >= GC_MS_PER_SEC_MUCH);
  const metaspace = usedText(metaspaceUsedBytes, metaspaceMaxBytes);
  return [
    { key: 'cpuLoad', label: 'CPU load', cell: shareCell(shown.cpuLoad) },
    {
      key: 'heapUsedBytes',
      label: 'heap',
      cell: textCell(usedText(heapUsedBytes, heapMaxBytes), much),
    },
    { key: 'metaspaceUsedBytes', label: 'metaspace', cell: textCell(metaspace) },
    { key: 'networkMemoryUsedBytes', label: 'network memory', cell: textCell(network) },
    { key: 'gcMsPerSec', label: 'time in GC', cell: shareCell(gcShare, gcMood) },
    { key: 'threads', label: 'threads', cell: countCell(shown.threads) },
  ];
}

function moodIf(isBad: boolean): Mood | undefined {
  return isBad ? 'bad' : undefined;
}

function jobTable({ jobs }: TaskManagerShown): Section {
  return {
    kind: 'table',
    title: 'jobs with slots here',
    empty: 'none',
    columns: [
      { key: 'jobId', heading: 'JOB ID' },
      { key: 'name', heading: 'NAME' },
      { key: 'slots', heading: 'SLOTS' },
    ],
    rows: jobs.map(({ jobId, name, slots }) => [textCell(jobId), textCell(name), countCell(slots)]),
  };
}

function collectorTable({ garbageCollectors }: TaskManagerShown): Section {
  return {
    kind: 'table',
    title: 'garbage collectors since the start',
    empty: 'not told',
    columns: [
      { key: 'name', heading: 'COLLECTOR' },
      { key: 'count', heading: 'COLLECTIONS' },
      { key: 'durationMs', heading: 'TIME' },
    ],
    rows: garbageCollectors.map(({ name, count, durationMs }) => [
      textCell(name),
      countCell(count),
      durationCell(durationMs),
    ]),
  };
}

function memoryTable({ memoryConfigurationBytes }: TaskManagerShown): Section {
  return {
    kind: 'table',
    title: 'memory as configured',
    empty: 'not told',
    columns: [
      { key: 'part', heading: 'PART' },
      { key: 'sizeBytes', heading: 'SIZE' },
    ],
    rows: Object.entries(memoryConfigurationBytes).map(([part, sizeBytes]) => [
      textCell(part),
      bytesCell(sizeBytes),
    ]),
  };
}
