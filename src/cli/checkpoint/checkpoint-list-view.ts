/**
 * What `checkpoint list` shows, of a cluster and of a folder alike: which entries are wanted, the
 * table, and the figures below it. Figures are of completed checkpoints alone: a savepoint is
 * written whole, so its duration says nothing about the next checkpoint.
 */
import { sparkline } from '../../output/sparkline.ts';
import {
  bytesCell,
  countCell,
  durationCell,
  textCell,
  timeCell,
  type Cell,
  type Column,
  type Field,
  type Mood,
  type Section,
  type View,
} from '../../output/view.ts';

export interface WantedCheckpoints {
  readonly kind: 'all' | 'checkpoints' | 'savepoints';
  readonly failedOnly: boolean;
  /** Null: all that there is. */
  readonly limit: number | null;
}

/** An entry, as both lists have it. */
export interface CheckpointRow {
  readonly id: number | null;
  readonly status: string;
  readonly isSavepoint: boolean;
  readonly triggeredAtMs: number | null;
  readonly durationMs: number | null;
  /** What this one wrote. */
  readonly sizeBytes: number | null;
  /** Of the whole state. */
  readonly stateSizeBytes: number | null;
  readonly location: string | null;
  readonly failureMessage: string | null;
}

/** Null without any completed one that is no savepoint. */
export interface CheckpointFigures {
  readonly completed: number;
  readonly medianDurationMs: number | null;
  readonly maxDurationMs: number | null;
  readonly medianStateSizeBytes: number | null;
}

/** Of which figures are made. */
export type Measured = Pick<
  CheckpointRow,
  'status' | 'isSavepoint' | 'durationMs' | 'stateSizeBytes'
>;

/** Where one list differs from the other. */
export interface CheckpointTable<Row extends CheckpointRow> {
  readonly rows: readonly Row[];
  readonly empty: string;
  /** Key of the column KIND, and what it says. */
  readonly kind: { readonly key: string; readonly textOf: (row: Row) => string };
  readonly moodOf: (row: Row) => Mood | undefined;
  /** Shown in the plain table, too: what other commands take as an argument. */
  readonly isLocationShown: boolean;
  /** For `-o name`. */
  readonly names: readonly string[];
  /** Behind KIND. */
  readonly more?: readonly ListedColumn<Row>[];
}

export interface ListedColumn<Row> {
  readonly column: Column;
  readonly cell: (row: Row) => Cell;
}

/** What is below the table. */
export interface CheckpointTotals {
  readonly counts: {
    readonly completed: number | null;
    readonly failed: number | null;
    readonly restored: number | null;
  };
  readonly figures: CheckpointFigures | null;
  /** Oldest first. */
  readonly durationsMs: readonly number[];
}

/** `isFailed`: what `--failed` asks for. */
export function wantedOf<Row extends Pick<CheckpointRow, 'isSavepoint'>>(
  rows: readonly Row[],
  { kind, failedOnly, limit }: WantedCheckpoints,
  isFailed: (row: Row) => boolean,
): readonly Row[] {
  return rows
    .filter((row) => !failedOnly || isFailed(row))
    .filter(({ isSavepoint }) => kind === 'all' || (kind === 'savepoints') === isSavepoint)
    .slice(0, limit ?? undefined);
}

export function figuresOf(checkpoints: readonly Measured[]): CheckpointFigures | null {
  const completed = checkpoints.filter(isMeasured);
  if (completed.length === 0) return null;
  const durations = known(completed.map(({ durationMs }) => durationMs));
  return {
    completed: completed.length,
    medianDurationMs: medianOf(durations),
    maxDurationMs: durations.length === 0 ? null : durations.reduce((a, b) => Math.max(a, b), 0),
    medianStateSizeBytes: medianOf(known(completed.map(({ stateSizeBytes }) => stateSizeBytes))),
  };
}

/** In the order of the checkpoints. */
export function durationsOf(checkpoints: readonly Measured[]): readonly number[] {
  return known(checkpoints.filter(isMeasured).map(({ durationMs }) => durationMs));
}

export function checkpointListView<Row extends CheckpointRow>(
  table: CheckpointTable<Row>,
  totals: CheckpointTotals,
): View {
  const fields = [...countFields(totals), ...figureFields(totals)];
  return { sections: [tableOf(table), { kind: 'fields', fields }], names: table.names };
}

function tableOf<Row extends CheckpointRow>(table: CheckpointTable<Row>): Section {
  const columns: readonly ListedColumn<Row>[] = [
    { column: { key: 'id', heading: 'ID' }, cell: ({ id }) => countCell(id) },
    {
      column: { key: 'status', heading: 'STATUS' },
      cell: (row) => textCell(row.status, table.moodOf(row)),
    },
    {
      column: { key: table.kind.key, heading: 'KIND' },
      cell: (row) => textCell(table.kind.textOf(row)),
    },
    ...(table.more ?? []),
    {
      column: { key: 'triggeredAtMs', heading: 'TRIGGERED' },
      cell: ({ triggeredAtMs }) => timeCell(triggeredAtMs),
    },
    {
      column: { key: 'durationMs', heading: 'DURATION' },
      cell: ({ durationMs }) => durationCell(durationMs),
    },
    {
      column: { key: 'sizeBytes', heading: 'WRITTEN' },
      cell: ({ sizeBytes }) => bytesCell(sizeBytes),
    },
    {
      column: { key: 'stateSizeBytes', heading: 'STATE' },
      cell: ({ stateSizeBytes }) => bytesCell(stateSizeBytes),
    },
    {
      column: { key: 'failureMessage', heading: 'WHY', isWide: true },
      cell: ({ failureMessage }) => textCell(failureMessage),
    },
    {
      column: { key: 'location', heading: 'LOCATION', isWide: !table.isLocationShown },
      cell: ({ location }) => textCell(location),
    },
  ];
  return {
    kind: 'table',
    empty: table.empty,
    columns: columns.map(({ column }) => column),
    rows: table.rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}

function countFields({ counts }: CheckpointTotals): readonly Field[] {
  const { completed, failed, restored } = counts;
  const mood = (failed ?? 0) > 0 ? 'doubtful' : undefined;
  return [
    { key: 'counts.completed', label: 'completed', cell: countCell(completed) },
    { key: 'counts.failed', label: 'failed', cell: countCell(failed, mood) },
    { key: 'counts.restored', label: 'restored', cell: countCell(restored) },
  ];
}

function figureFields({ figures, durationsMs }: CheckpointTotals): readonly Field[] {
  if (figures === null) return [];
  return [
    {
      key: 'figures.medianDurationMs',
      label: 'median duration',
      cell: durationCell(figures.medianDurationMs),
    },
    { key: 'figures.maxDurationMs', label: 'longest', cell: durationCell(figures.maxDurationMs) },
    {
      key: 'figures.medianStateSizeBytes',
      label: 'median state',
      cell: bytesCell(figures.medianStateSizeBytes),
    },
    {
      key: 'figures.durations',
      label: 'durations',
      cell: textCell(sparkline(durationsMs, SPARKLINE_WIDTH)),
    },
  ];
}

function isMeasured({ status, isSavepoint }: Measured): boolean {
  return status === 'COMPLETED' && !isSavepoint;
}

function known(values: readonly (number | null)[]): readonly number[] {
  return values.filter((value) => value !== null);
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[sorted.length / 2 - 1] ?? upper) + upper) / 2;
}

/** Characters. */
const SPARKLINE_WIDTH = 40;
