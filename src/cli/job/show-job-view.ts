/**
 * One job for people. What she who is woken up needs stands first: the state, the reason of the
 * last failure, then where it hurts, then what could be restored.
 */
import { shortened } from '../../output/graph/graph-view.ts';
import {
  bytesCell,
  countCell,
  durationCell,
  shortCountCell,
  textCell,
  timeCell,
  type Cell,
  type Field,
  type Section,
  type View,
} from '../../output/view.ts';
import { barCell } from './bottleneck-view.ts';
import { causeText } from './exceptions-view.ts';
import type { JobShowResult, ShownCheckpoint, ShownCheckpoints, ShownFailure } from './show-job.ts';
import { stateMood } from './state-mood.ts';

/** SQL operators have names of pages; the whole one is in JSON and in `job plan`. */
const NAME_LENGTH_MAX = 30;

export function showJobView(job: JobShowResult): View {
  return {
    sections: [
      { kind: 'fields', fields: headFields(job) },
      vertexTable(job),
      checkpointSection(job),
      stateHistory(job),
    ],
    names: [job.jobId],
  };
}

function headFields(job: JobShowResult): readonly Field[] {
  const { state, lastException, restarts, endedAtMs } = job;
  return [
    field('name', 'job', textCell(job.name)),
    field('jobId', 'id', textCell(job.jobId)),
    field('state', 'state', textCell(stateText(job), stateMood(state))),
    ...(lastException === null ? [] : failureFields(job, lastException)),
    ...(restarts === null
      ? []
      : [
          field('restarts', 'restarts', countCell(restarts, restarts > 0 ? 'doubtful' : undefined)),
        ]),
    field('startedAtMs', 'started', timeCell(job.startedAtMs)),
    ...(endedAtMs === null ? [] : [field('endedAtMs', 'ended', timeCell(endedAtMs))]),
    field('durationMs', 'duration', durationCell(job.durationMs)),
    wide('jobType', 'type', textCell(job.jobType)),
    wide('schedulerType', 'scheduler', textCell(job.schedulerType)),
    wide('maxParallelism', 'max parallelism', countCell(job.maxParallelism)),
    field('webUrl', 'web', textCell(job.webUrl)),
  ];
}

/** `RUNNING, but only 2 of 4 tasks run (2 scheduled)` where not all of them do. */
function stateText({ state, tasks }: JobShowResult): string {
  const { total = 0, running = 0, finished = 0, ...others } = tasks;
  if (state !== 'RUNNING' || running + finished === total) return state;
  const rest = Object.entries(others).map(([name, count]) => `${count} ${name}`);
  return `${state}, but only ${running} of ${total} tasks run (${rest.join(', ')})`;
}

function failureFields({ state }: JobShowResult, failure: ShownFailure): readonly Field[] {
  // Of a job that runs again it is history.
  const mood = state === 'RUNNING' ? 'doubtful' : 'bad';
  const place = [failure.taskName, failure.endpoint].filter((part) => part !== null).join(' on ');
  return [
    field('lastException.message', 'last failure', textCell(causeText(failure), mood)),
    ...(place === '' ? [] : [field('lastException.taskName', '  in', textCell(place))]),
    field('lastException.atMs', '  at', timeCell(failure.atMs)),
  ];
}

function vertexTable({ vertices }: JobShowResult): Section {
  return {
    kind: 'table',
    title: 'vertices',
    empty: 'the job has no vertices yet',
    columns: [
      { key: 'name', heading: 'VERTEX' },
      { key: 'state', heading: 'STATE' },
      { key: 'parallelism', heading: 'SUBTASKS' },
      { key: 'busyShareMax', heading: 'BUSY' },
      { key: 'backPressuredShareMax', heading: 'BACK-PRESS.' },
      { key: 'readRecords', heading: 'READ' },
      { key: 'writtenRecords', heading: 'WRITTEN' },
      { key: 'readBytes', heading: 'BYTES IN', isWide: true },
      { key: 'writtenBytes', heading: 'BYTES OUT', isWide: true },
      { key: 'maxParallelism', heading: 'MAX PARALLELISM', isWide: true },
      { key: 'vertexId', heading: 'VERTEX ID', isWide: true },
    ],
    rows: vertices.map((vertex) => [
      textCell(shortened(vertex.name, NAME_LENGTH_MAX)),
      textCell(vertex.state, stateMood(vertex.state)),
      countCell(vertex.parallelism),
      barCell(vertex.busyShareMax),
      barCell(vertex.backPressuredShareMax),
      shortCountCell(vertex.readRecords),
      shortCountCell(vertex.writtenRecords),
      bytesCell(vertex.readBytes),
      bytesCell(vertex.writtenBytes),
      countCell(vertex.maxParallelism),
      textCell(vertex.vertexId),
    ]),
  };
}

function checkpointSection({ checkpoints, restoredFrom }: JobShowResult): Section {
  const title = 'state';
  if (checkpoints === null) {
    const lines = ['The job takes no checkpoints: after a failure it begins anew.'];
    return { kind: 'text', title, lines };
  }
  const { latestCompleted, latestSavepoint, latestFailed } = checkpoints;
  return {
    kind: 'fields',
    title,
    fields: [
      field('checkpoints.completed', 'checkpoints', countsCell(checkpoints)),
      ...entryFields('checkpoints.latestCompleted', 'last checkpoint', latestCompleted),
      ...entryFields('checkpoints.latestSavepoint', 'last savepoint', latestSavepoint),
      ...(latestFailed === null
        ? []
        : [field('checkpoints.latestFailed', 'last failed', failedCell(latestFailed))]),
      ...(restoredFrom === null
        ? []
        : [
            field('restoredFrom.location', 'restored from', textCell(restoredFrom.location)),
            wide('restoredFrom.restoredAtMs', '  at', timeCell(restoredFrom.restoredAtMs)),
          ]),
    ],
  };
}

function countsCell({ completed, failed, inProgress }: ShownCheckpoints): Cell {
  const parts = [
    `${completed ?? 0} completed`,
    ...(failed === null || failed === 0 ? [] : [`${failed} failed`]),
    ...(inProgress === null || inProgress === 0 ? [] : [`${inProgress} in progress`]),
  ];
  return textCell(parts.join(', '), completed === 0 ? 'doubtful' : undefined);
}

/** When, how long, how large; where on a line of its own, to be copied. */
function entryFields(key: string, label: string, entry: ShownCheckpoint | null): readonly Field[] {
  if (entry === null) return [field(key, label, textCell('none'))];
  return [
    field(`${key}.triggeredAtMs`, label, timeCell(entry.triggeredAtMs)),
    wide(`${key}.id`, '  number', countCell(entry.id)),
    field(`${key}.durationMs`, '  took', durationCell(entry.durationMs)),
    field(`${key}.stateSizeBytes`, '  size', bytesCell(entry.stateSizeBytes)),
    field(`${key}.location`, '  lies at', textCell(entry.location ?? 'no address')),
  ];
}

function failedCell({ id, failureMessage }: ShownCheckpoint): Cell {
  return textCell(`number ${id}: ${failureMessage ?? 'no reason was given'}`, 'doubtful');
}

function stateHistory({ stateHistory: changes }: JobShowResult): Section {
  return {
    kind: 'table',
    title: 'states',
    empty: 'no states are known',
    columns: [
      { key: 'atMs', heading: 'AT' },
      { key: 'state', heading: 'STATE' },
    ],
    rows: changes.map(({ state, atMs }) => [timeCell(atMs), textCell(state, stateMood(state))]),
  };
}

function field(key: string, label: string, cell: Cell): Field {
  return { key, label, cell };
}

function wide(key: string, label: string, cell: Cell): Field {
  return { key, label, cell, isWide: true };
}
