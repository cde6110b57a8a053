/**
 * A watched job for people: a screen that is drawn anew on a terminal, one line each time
 * elsewhere. Lines of blocks show how rates and checkpoints went while it was watched.
 */
import {
  formatBytes,
  formatDuration,
  formatShortCount,
  formatTime,
} from '../../output/humanise.ts';
import { shortened } from '../../output/graph/graph-view.ts';
import { sparkline } from '../../output/sparkline.ts';
import {
  countCell,
  durationCell,
  shortCountCell,
  textCell,
  type Field,
  type Section,
  type View,
} from '../../output/view.ts';
import { barCell } from './bottleneck-view.ts';
import { causeText } from './exceptions-view.ts';
import { stateMood } from './state-mood.ts';
import { isOver, type WatchedJob, type WatchedVertex } from './watch-job.ts';

const HISTORY_MAX = 24;
/** What leaves room for the figures on 80 columns. */
const NAME_LENGTH_MAX = 24;
const LINE_LENGTH = 10;
/** A failure that is longer ago is no news. */
const FAILURE_SHOWN_MS = 300_000;

/** What was seen while watching; lives as long as the command. */
export class WatchHistory {
  private readonly rates = new Map<string, (number | null)[]>();
  private readonly checkpoints = new Map<number, number | null>();

  /** Returns what it was given. */
  remember(job: WatchedJob): WatchedJob {
    for (const vertex of job.vertices) {
      const series = [...(this.rates.get(vertex.vertexId) ?? []), rateOf(vertex)];
      this.rates.set(vertex.vertexId, series.slice(-HISTORY_MAX));
    }
    const { lastCheckpoint } = job;
    if (lastCheckpoint !== null) this.checkpoints.set(lastCheckpoint.id, lastCheckpoint.durationMs);
    for (const id of [...this.checkpoints.keys()].slice(0, -HISTORY_MAX)) {
      this.checkpoints.delete(id);
    }
    return job;
  }

  ratesOf({ vertexId }: WatchedVertex): string {
    return sparkline(this.rates.get(vertexId) ?? [], LINE_LENGTH, { min: 0 });
  }

  checkpointDurations(): string {
    const durations = [...this.checkpoints.values()];
    return durations.length < 2 ? '' : sparkline(durations, HISTORY_MAX, { min: 0 });
  }
}

export function watchView(job: WatchedJob, history: WatchHistory): View {
  return {
    sections: [
      { kind: 'fields', fields: headFields(job, history) },
      vertexTable(job, history),
      ...failureSection(job),
    ],
    names: [job.jobId],
  };
}

/** `2023-11-14 22:13:00Z  RUNNING for 3 min 5 s  restarts 0  in 49/s ...`: a line of a log. */
export function watchLineView(job: WatchedJob): View {
  const { restarts, vertices } = job;
  const failure = recentFailure(job);
  const parts = [
    `${formatTime(job.atMs)}Z`,
    stateText(job),
    ...(restarts === null ? [] : [`restarts ${restarts}`]),
    ...rateParts(vertices),
    ...worstPart('busy', vertices, ({ busyShareMax }) => busyShareMax),
    ...worstPart('back-pressured', vertices, (vertex) => vertex.backPressuredShareMax),
    ...lagPart(vertices),
    `checkpoint ${checkpointText(job)}`,
    ...(failure === null ? [] : [causeText(failure)]),
  ];
  return { sections: [{ kind: 'text', lines: [parts.join('  ')] }], names: [job.jobId] };
}

function headFields(job: WatchedJob, history: WatchHistory): readonly Field[] {
  const { jobId, name, state, durationMs, restarts } = job;
  const line = history.checkpointDurations();
  return [
    { key: 'name', label: 'job', cell: textCell(`${name} (${jobId})`) },
    { key: 'state', label: 'state', cell: textCell(stateText(job), stateMood(state)) },
    { key: 'durationMs', label: 'age', cell: durationCell(durationMs) },
    {
      key: 'restarts',
      label: 'restarts',
      cell: countCell(restarts, restarts === null || restarts === 0 ? undefined : 'doubtful'),
    },
    {
      key: 'lastCheckpoint',
      label: 'checkpoint',
      cell: textCell(`${checkpointText(job)}${line === '' ? '' : `  ${line}`}`),
    },
  ];
}

function vertexTable({ vertices }: WatchedJob, history: WatchHistory): Section {
  return {
    kind: 'table',
    empty: 'the job has no vertices yet',
    columns: [
      { key: 'name', heading: 'VERTEX' },
      { key: 'state', heading: 'STATE', isWide: true },
      { key: 'parallelism', heading: 'SUBTASKS', isWide: true },
      { key: 'recordsInPerSec', heading: 'IN/S' },
      { key: 'recordsOutPerSec', heading: 'OUT/S' },
      { key: 'rates', heading: 'LAST' },
      { key: 'busyShareMax', heading: 'BUSY' },
      { key: 'backPressuredShareMax', heading: 'BACK-PRESS.' },
      { key: 'watermarkLagMs', heading: 'LAG' },
    ],
    rows: vertices.map((vertex) => [
      textCell(shortened(vertex.name, NAME_LENGTH_MAX)),
      textCell(vertex.state, stateMood(vertex.state)),
      countCell(vertex.parallelism),
      shortCountCell(vertex.recordsInPerSec),
      shortCountCell(vertex.recordsOutPerSec),
      textCell(history.ratesOf(vertex)),
      barCell(vertex.busyShareMax),
      barCell(vertex.backPressuredShareMax),
      durationCell(vertex.watermarkLagMs),
    ]),
  };
}

/** `RUNNING for 3 min 5 s`: in this state; what is over, after how long since its start. */
function stateText(job: WatchedJob): string {
  const { state, stateDurationMs, durationMs } = job;
  const [word, ms] = isOver(job) ? ['after', durationMs] : ['for', stateDurationMs];
  return ms === null ? state : `${state} ${word} ${formatDuration(ms)}`;
}

function recentFailure({ failure, state, atMs }: WatchedJob): WatchedJob['failure'] {
  if (failure === null || state !== 'RUNNING') return failure;
  return atMs - (failure.atMs ?? 0) <= FAILURE_SHOWN_MS ? failure : null;
}

/** What a vertex takes in; of a source what it gives out. */
function rateOf({ recordsInPerSec, recordsOutPerSec }: WatchedVertex): number | null {
  return recordsInPerSec ?? recordsOutPerSec;
}

function checkpointText({ lastCheckpoint, checkpointsFailed }: WatchedJob): string {
  const failed = (checkpointsFailed ?? 0) > 0 ? `, ${checkpointsFailed} failed` : '';
  if (lastCheckpoint === null) return `none yet${failed}`;
  const { id, ageMs, durationMs, stateSizeBytes } = lastCheckpoint;
  const parts = [
    ...(durationMs === null ? [] : [`took ${formatDuration(durationMs)}`]),
    ...(stateSizeBytes === null ? [] : [formatBytes(stateSizeBytes)]),
    ...(ageMs === null ? [] : [`${formatDuration(ageMs)} ago`]),
  ];
  return `${id} (${parts.join(', ')})${failed}`;
}

/** Into the job by its sources, out of it into what reads from nothing else. */
function rateParts(vertices: readonly WatchedVertex[]): readonly string[] {
  const sources = vertices.filter(({ recordsInPerSec }) => recordsInPerSec === null);
  const sinks = vertices.filter(({ recordsOutPerSec }) => recordsOutPerSec === null);
  return [
    `in ${perSecond(sources.map(({ recordsOutPerSec }) => recordsOutPerSec))}`,
    `out ${perSecond(sinks.map(({ recordsInPerSec }) => recordsInPerSec))}`,
  ];
}

function perSecond(rates: readonly (number | null)[]): string {
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0
    ? '-'
    : `${formatShortCount(known.reduce((sum, rate) => sum + rate, 0))}/s`;
}

function worstPart(
  what: string,
  vertices: readonly WatchedVertex[],
  shareOf: (vertex: WatchedVertex) => number | null,
): readonly string[] {
  const [worst] = vertices.toSorted(
    (left, right) => (shareOf(right) ?? -1) - (shareOf(left) ?? -1),
  );
  const share = worst === undefined ? null : shareOf(worst);
  if (worst === undefined || share === null) return [];
  return [`${what} ${Math.round(share * 100)} % (${shortened(worst.name, NAME_LENGTH_MAX)})`];
}

function lagPart(vertices: readonly WatchedVertex[]): readonly string[] {
  const lags = vertices.map(({ watermarkLagMs }) => watermarkLagMs).filter((lag) => lag !== null);
  return lags.length === 0 ? [] : [`watermark lag ${formatDuration(Math.max(...lags))}`];
}

function failureSection(job: WatchedJob): readonly Section[] {
  const failure = recentFailure(job);
  if (failure === null) return [];
  const where = failure.taskName === null ? '' : ` in ${failure.taskName}`;
  const age = failure.atMs === null ? '' : `, ${formatDuration(job.atMs - failure.atMs)} ago`;
  return [
    {
      kind: 'text',
      title: `${job.state === 'FAILED' ? 'failed' : 'last failure'}${age}`,
      lines: [`${causeText(failure)}${where}`],
    },
  ];
}
