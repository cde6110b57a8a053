/** The time attributes of a stream: one, none, or two behind a join, of which a window names one. */
import type { RowField } from '../../expression/type.ts';
import type { TransformDraft } from '../parse/draft.ts';
import type { StreamColumns } from './planned-node.ts';
import type { Typing } from './typing.ts';

/** In the order of the columns. */
export function timeAttributes({
  columns,
  timeColumn,
  otherTimeColumns = [],
}: StreamColumns): readonly string[] {
  const all = [timeColumn, ...otherTimeColumns];
  return columns.flatMap(({ name }) => (all.includes(name) ? [name] : []));
}

export interface TimedStream {
  readonly draft: TransformDraft;
  readonly stream: StreamColumns;
  readonly typing: Typing;
}

/** Position of the time attribute of a window; -1 when there is none, which is reported. */
export function findWindowTime({ draft, stream, typing }: TimedStream): number {
  const { columns } = stream;
  const attributes = timeAttributes(stream);
  const named = draft.values.window?.value.time ?? null;
  const place = named?.node ?? draft.values.window?.node ?? draft.key;
  const report = (message: string, hint: string): number => {
    typing.reader.report(place, { code: 'DREY_PIPELINE_TIME_ATTRIBUTE', message, hint });
    return -1;
  };
  if (named !== null) {
    if (attributes.includes(named.value)) return indexOf(columns, named.value);
    const index = typing.columnIndex(
      named,
      columns.map(({ name }) => name),
    );
    if (index < 0) return -1;
    return report(
      `"${named.value}" is no time attribute here.`,
      attributes.length === 0 ? `${capital(stream.noTimeBecause)}.` : knownAttributes(attributes),
    );
  }
  const [only] = attributes;
  if (only === undefined) {
    return report(
      `The window has no time attribute: ${stream.noTimeBecause}.`,
      'A window needs the watermark column of its source, passed through unchanged.',
    );
  }
  if (attributes.length === 1) return indexOf(columns, only);
  return report(
    `The input has more than one time attribute: ${attributes.join(', ')}.`,
    `Name the one that is meant: window: { time: ${attributes.at(-1)}, ... }.`,
  );
}

function indexOf(columns: readonly RowField[], wanted: string): number {
  return columns.findIndex(({ name }) => name === wanted);
}

function knownAttributes(attributes: readonly string[]): string {
  return attributes.length === 1
    ? `The time attribute is ${attributes[0]}.`
    : `The time attributes are ${attributes.join(', ')}.`;
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
