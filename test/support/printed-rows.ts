/** Rows that a job of a random pipeline has written, as the naive reference has them. */
import type { NaivePipeline, NaiveRow } from './naive-pipeline.ts';

/** A printed row as the reference has it: integers of any size as bigint, bounds as times. */
function rowOfLine(line: string, doubles: ReadonlySet<string>): NaiveRow {
  // An integer behind a key; no text of the random events looks like one.
  const quoted = line.replace(/":(-?\d+)(?=[,}])/g, '":"n$1"');
  return JSON.parse(quoted, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (key === 'window_start' || key === 'window_end')
      return Date.parse(`${value.replace(' ', 'T')}Z`);
    if (!/^n-?\d+$/.test(value)) return value;
    return doubles.has(key) ? Number(value.slice(1)) : BigInt(value.slice(1));
  }) as NaiveRow;
}

export function shownRow(row: NaiveRow): string {
  return JSON.stringify(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? 0 : value,
    ]),
  );
}

function doublesOf({ aggregates }: NaivePipeline): ReadonlySet<string> {
  const names = aggregates
    .filter(({ column, function: name }) => column === 'ratio' && /^(SUM|AVG|MIN|MAX)$/.test(name))
    .map(({ name }) => name);
  return new Set([...names, 'ratio']);
}

/** `text`: JSON lines, all of them whole; the rows sorted. */
export function printedRows(text: string, naive: NaivePipeline): readonly string[] {
  const doubles = doublesOf(naive);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => shownRow(rowOfLine(line, doubles)))
    .sort();
}
