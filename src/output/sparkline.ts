/** A series of numbers as a word of block characters: how a value went, in a table cell. */

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

export interface SparklineScale {
  /** Value of the lowest block; the least of the series when it is missing. */
  readonly min?: number;
  /** Value of the highest block; the greatest of the series when it is missing. */
  readonly max?: number;
}

/**
 * The last `width` values; a value that is not known is a space. Where all values are the same and
 * no scale is given, there is nothing to see but the lowest block.
 */
export function sparkline(
  values: readonly (number | null)[],
  width: number,
  scale: SparklineScale = {},
): string {
  const shown = values.slice(-width);
  const known = shown.filter((value) => value !== null);
  const min = scale.min ?? Math.min(...known);
  const max = scale.max ?? Math.max(...known);
  return shown.map((value) => (value === null ? ' ' : blockOf(value, min, max))).join('');
}

/** A share between 0 and 1 as a bar of `width` characters, exact to an eighth of one. */
export function shareBar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const whole = Math.floor(eighths / 8);
  const rest = PARTS[eighths % 8] ?? '';
  return `${'█'.repeat(whole)}${rest}`.padEnd(width, '·');
}

/** Columns that are filled from the left, by eighths. */
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

function blockOf(value: number, min: number, max: number): string {
  const share = max > min ? (value - min) / (max - min) : 0;
  const index = Math.round(Math.min(1, Math.max(0, share)) * (BLOCKS.length - 1));
  return BLOCKS[index] ?? BLOCKS[0];
}
