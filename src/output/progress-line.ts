/** One line about a running job, at most as wide as the terminal. */
import { formatBytes, formatDuration, formatShortCount, formatTime } from './humanise.ts';

export interface ProgressView {
  readonly bytesRead: number;
  /** Null: not known. */
  readonly bytesTotal: number | null;
  readonly recordsIn: number;
  readonly lateRecords: number;
  readonly deadRecords: number;
  readonly watermarkAtMs: number | null;
  readonly durationMs: number;
  /** Left out: it is not to be shown. `records` null: not known yet. */
  readonly lag?: readonly { readonly split: string; readonly records: number | null }[];
  /** Null or left out: none are taken. */
  readonly checkpoints?: {
    readonly completed: number;
    readonly lastDurationMs: number | null;
  } | null;
}

const BAR_WIDTH = 20;
/** Where the whole line does not fit, as on 80 columns. */
const SHORT_BAR_WIDTH = 8;
/** Partitions whose lag is named. */
const LAG_SPLITS = 8;
const SHORT_LAG_SPLITS = 2;

interface Part {
  /** The higher, the sooner the part is left out. */
  readonly rank: number;
  readonly text: string;
}

/** What does not fit is shortened first, then left out, the least important first. */
export function progressLine(view: ProgressView, columns: number): string {
  // The last column stays free: a character there makes some terminals break the line.
  const fits = (chosen: readonly Part[]): boolean => joined(chosen).length < columns;
  let chosen = partsOf(view, false);
  if (!fits(chosen)) chosen = partsOf(view, true);
  while (chosen.length > 1 && !fits(chosen)) {
    const least = Math.max(...chosen.map(({ rank }) => rank));
    chosen = chosen.filter(({ rank }) => rank !== least);
  }
  return joined(chosen).slice(0, Math.max(0, columns - 1));
}

function partsOf(view: ProgressView, isShort: boolean): readonly Part[] {
  const share = shareOf(view);
  const rate = view.durationMs > 0 ? (view.recordsIn * 1000) / view.durationMs : 0;
  const barWidth = isShort ? SHORT_BAR_WIDTH : BAR_WIDTH;
  return [
    {
      rank: 1,
      text: share === null ? '' : `${bar(share, barWidth)} ${Math.floor(share * 100)} %`,
    },
    { rank: 6, text: bytesText(view) },
    { rank: 0, text: `${formatShortCount(rate)} rows/s` },
    { rank: 1, text: lagText(view.lag ?? [], isShort) },
    { rank: 3, text: watermarkText(view.watermarkAtMs, isShort) },
    { rank: 4, text: `late ${formatShortCount(view.lateRecords)}` },
    { rank: 4, text: checkpointText(view.checkpoints ?? null, isShort) },
    { rank: 5, text: `dead ${formatShortCount(view.deadRecords)}` },
    { rank: 2, text: share === null ? '' : remainingText(share, view.durationMs) },
  ].filter(({ text }) => text !== '');
}

function joined(parts: readonly { readonly text: string }[]): string {
  return parts.map(({ text }) => text).join('  ');
}

function shareOf({ bytesRead, bytesTotal }: ProgressView): number | null {
  if (bytesTotal === null || bytesTotal === 0) return null;
  return Math.min(1, bytesRead / bytesTotal);
}

function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}

function bytesText({ bytesRead, bytesTotal }: ProgressView): string {
  const read = formatBytes(bytesRead);
  return bytesTotal === null ? read : `${read} of ${formatBytes(bytesTotal)}`;
}

function watermarkText(watermarkAtMs: number | null, isShort: boolean): string {
  if (watermarkAtMs === null) return '';
  const time = formatTime(watermarkAtMs);
  return `watermark ${isShort ? time.slice(time.indexOf(' ') + 1) : time}`;
}

/** The sum, and the partitions that are furthest behind. */
function lagText(lag: NonNullable<ProgressView['lag']>, isShort: boolean): string {
  if (lag.length === 0) return '';
  const known = lag.flatMap(({ split, records }) => (records === null ? [] : [{ split, records }]));
  if (known.length === 0) return 'lag ?';
  const sum = known.reduce((total, { records }) => total + records, 0);
  const furthest = [...known]
    .sort((a, b) => b.records - a.records)
    .slice(0, isShort ? SHORT_LAG_SPLITS : LAG_SPLITS)
    .map(({ split, records }) => `${split} ${formatShortCount(records)}`);
  return `lag ${formatShortCount(sum)} (${furthest.join(', ')})`;
}

function checkpointText(
  checkpoints: NonNullable<ProgressView['checkpoints']> | null,
  isShort: boolean,
): string {
  if (checkpoints === null) return '';
  const { completed, lastDurationMs } = checkpoints;
  const count = `${isShort ? 'chk' : 'checkpoints'} ${formatShortCount(completed)}`;
  return lastDurationMs === null ? count : `${count} (${formatDuration(lastDurationMs)})`;
}

function remainingText(share: number, durationMs: number): string {
  // Before that the guess jumps.
  if (share < 0.01 || durationMs < 500) return '';
  return `ETA ${formatDuration((durationMs / share) * (1 - share))}`;
}
