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
}

const BAR_WIDTH = 20;

/** Parts that do not fit are left out, the least important first. */
export function progressLine(view: ProgressView, columns: number): string {
  const share = shareOf(view);
  const rate = view.durationMs > 0 ? (view.recordsIn * 1000) / view.durationMs : 0;
  const parts = [
    { rank: 1, text: share === null ? '' : `${bar(share)} ${Math.floor(share * 100)} %` },
    { rank: 3, text: bytesText(view) },
    { rank: 0, text: `${formatShortCount(rate)} rows/s` },
    { rank: 4, text: view.watermarkAtMs === null ? '' : watermarkText(view.watermarkAtMs) },
    { rank: 5, text: `late ${formatShortCount(view.lateRecords)}` },
    { rank: 6, text: `dead ${formatShortCount(view.deadRecords)}` },
    { rank: 2, text: share === null ? '' : remainingText(share, view.durationMs) },
  ].filter(({ text }) => text !== '');
  // The last column stays free: a character there makes some terminals break the line.
  const fits = (chosen: readonly { text: string }[]): boolean => joined(chosen).length < columns;
  let chosen = parts;
  while (chosen.length > 1 && !fits(chosen)) {
    const least = Math.max(...chosen.map(({ rank }) => rank));
    chosen = chosen.filter(({ rank }) => rank !== least);
  }
  return joined(chosen).slice(0, Math.max(0, columns - 1));
}

function joined(parts: readonly { readonly text: string }[]): string {
  return parts.map(({ text }) => text).join('  ');
}

function shareOf({ bytesRead, bytesTotal }: ProgressView): number | null {
  if (bytesTotal === null || bytesTotal === 0) return null;
  return Math.min(1, bytesRead / bytesTotal);
}

function bar(share: number): string {
  const full = Math.round(share * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}]`;
}

function bytesText({ bytesRead, bytesTotal }: ProgressView): string {
  const read = formatBytes(bytesRead);
  return bytesTotal === null ? read : `${read} of ${formatBytes(bytesTotal)}`;
}

function watermarkText(watermarkAtMs: number): string {
  return `watermark ${formatTime(watermarkAtMs)}`;
}

function remainingText(share: number, durationMs: number): string {
  // Before that the guess jumps.
  if (share < 0.01 || durationMs < 500) return '';
  return `ETA ${formatDuration((durationMs / share) * (1 - share))}`;
}
