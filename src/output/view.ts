/**
 * What a command has to show, as plain data: sections of tables, fields and text, whose cells know
 * what they measure. The same view becomes text for people, CSV, Markdown or names.
 */

/** How good the news in a cell is; shown as a colour where there are colours. */
export type Mood = 'good' | 'doubtful' | 'bad';

/** Null is a value that is not known. */
export type Cell =
  | { readonly kind: 'text'; readonly text: string | null; readonly mood?: Mood }
  | {
      readonly kind: 'count';
      readonly count: number | bigint | null;
      /** For people three digits and a unit: `1.23 M`. */
      readonly isShort?: boolean;
      readonly mood?: Mood;
    }
  | { readonly kind: 'bytes'; readonly bytes: number | null; readonly mood?: Mood }
  | { readonly kind: 'duration'; readonly durationMs: number | null; readonly mood?: Mood }
  /** Epoch milliseconds. */
  | { readonly kind: 'time'; readonly atMs: number | null; readonly mood?: Mood }
  /** Between 0 and 1. */
  | {
      readonly kind: 'share';
      readonly share: number | null;
      /** For people also a bar, so many characters wide. */
      readonly barWidth?: number;
      readonly mood?: Mood;
    }
  | { readonly kind: 'flag'; readonly flag: boolean | null; readonly mood?: Mood };

export interface Column {
  /** The key of the JSON document: the heading in CSV. */
  readonly key: string;
  /** The heading for people. */
  readonly heading: string;
  /** Shown with `-o wide` and in CSV, but not in the plain table. */
  readonly isWide?: boolean;
}

export interface TableSection {
  readonly kind: 'table';
  readonly title?: string;
  readonly columns: readonly Column[];
  /** As many cells as there are columns. */
  readonly rows: readonly (readonly Cell[])[];
  /** Shown instead of a table without rows. */
  readonly empty: string;
}

export interface Field {
  readonly key: string;
  readonly label: string;
  readonly cell: Cell;
  readonly isWide?: boolean;
}

export interface FieldsSection {
  readonly kind: 'fields';
  readonly title?: string;
  readonly fields: readonly Field[];
}

/** Lines that are laid out already, such as a graph or a log. */
export interface TextSection {
  readonly kind: 'text';
  readonly title?: string;
  readonly lines: readonly string[];
}

export type Section = TableSection | FieldsSection | TextSection;

export interface View {
  readonly sections: readonly Section[];
  /** For `-o name`: what other commands take as an argument. */
  readonly names: readonly string[];
}

export const textCell = (text: string | null, mood?: Mood): Cell =>
  withMood({ kind: 'text', text }, mood);
export const countCell = (count: number | bigint | null, mood?: Mood): Cell =>
  withMood({ kind: 'count', count }, mood);
/** A count per second, or another one whose last digits do not matter. */
export const shortCountCell = (count: number | null): Cell => ({
  kind: 'count',
  count,
  isShort: true,
});
export const bytesCell = (bytes: number | null, mood?: Mood): Cell =>
  withMood({ kind: 'bytes', bytes }, mood);
export const durationCell = (durationMs: number | null, mood?: Mood): Cell =>
  withMood({ kind: 'duration', durationMs }, mood);
export const timeCell = (atMs: number | null): Cell => ({ kind: 'time', atMs });
export const shareCell = (share: number | null, mood?: Mood): Cell =>
  withMood({ kind: 'share', share }, mood);
export const shareBarCell = (share: number | null, barWidth: number): Cell => ({
  kind: 'share',
  share,
  barWidth,
});
export const flagCell = (flag: boolean | null, mood?: Mood): Cell =>
  withMood({ kind: 'flag', flag }, mood);

function withMood(cell: Cell, mood: Mood | undefined): Cell {
  return mood === undefined ? cell : { ...cell, mood };
}
