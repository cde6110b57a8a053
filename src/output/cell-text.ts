/** A cell as text: for people with units and in the local zone, for programs raw. */
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatShortCount,
  formatTime,
} from './humanise.ts';
import { shareBar } from './sparkline.ts';
import type { Cell } from './view.ts';

/** Minutes east of Greenwich at a moment, as milliseconds. */
export type ZoneOffset = (epochMs: number) => number;

const UNKNOWN = '-';

export function cellText(cell: Cell, zoneOffset: ZoneOffset): string {
  switch (cell.kind) {
    case 'text':
      return cell.text ?? UNKNOWN;
    case 'count':
      if (cell.count === null) return UNKNOWN;
      if (typeof cell.count === 'bigint') return String(cell.count);
      return cell.isShort === true ? formatShortCount(cell.count) : formatCount(cell.count);
    case 'bytes':
      return cell.bytes === null ? UNKNOWN : formatBytes(cell.bytes);
    case 'duration':
      return cell.durationMs === null ? UNKNOWN : formatDuration(cell.durationMs);
    case 'time':
      return cell.atMs === null ? UNKNOWN : formatTime(cell.atMs + zoneOffset(cell.atMs));
    case 'share':
      return cell.share === null ? UNKNOWN : shareText(cell.share, cell.barWidth);
    case 'flag':
      if (cell.flag === null) return UNKNOWN;
      return cell.flag ? 'yes' : 'no';
  }
}

/** `50 %`, or `████···· 50 %` with a bar. */
function shareText(share: number, barWidth: number | undefined): string {
  const text = `${Math.round(share * 100)} %`;
  return barWidth === undefined ? text : `${shareBar(share, barWidth)} ${text.padStart(5)}`;
}

/** Empty for what is not known. */
export function rawCellText(cell: Cell): string {
  const value = rawValue(cell);
  return value === null ? '' : String(value);
}

export function isNumeric(cell: Cell): boolean {
  return (
    cell.kind === 'count' ||
    cell.kind === 'bytes' ||
    cell.kind === 'duration' ||
    cell.kind === 'share'
  );
}

function rawValue(cell: Cell): string | number | bigint | boolean | null {
  switch (cell.kind) {
    case 'text':
      return cell.text;
    case 'count':
      return cell.count;
    case 'bytes':
      return cell.bytes;
    case 'duration':
      return cell.durationMs;
    case 'time':
      return cell.atMs;
    case 'share':
      return cell.share;
    case 'flag':
      return cell.flag;
  }
}
