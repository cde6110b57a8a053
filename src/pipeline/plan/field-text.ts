/** Parts of a text that still know where they stand in the file. */
import type { FieldText } from '../spec/field.ts';

/** The text from `start` on. */
export function textFrom(text: FieldText, start: number): FieldText {
  const segments = text.segments.flatMap((segment) => {
    if (segment.end <= start) return [];
    const cut = Math.max(0, start - segment.start);
    const isCopied = segment.end - segment.start === segment.scalarEnd - segment.scalarStart;
    return [
      {
        ...segment,
        start: segment.start + cut - start,
        end: segment.end - start,
        scalarStart: segment.scalarStart + (isCopied ? cut : 0),
      },
    ];
  });
  return { text: text.text.slice(start), node: text.node, segments };
}

/** The text before `end`. */
export function textBefore(text: FieldText, end: number): FieldText {
  const segments = text.segments.flatMap((segment) => {
    if (segment.start >= end) return [];
    const cut = Math.max(0, segment.end - end);
    const isCopied = segment.end - segment.start === segment.scalarEnd - segment.scalarStart;
    return [
      {
        ...segment,
        end: segment.end - cut,
        scalarEnd: segment.scalarEnd - (isCopied ? cut : 0),
      },
    ];
  });
  return { text: text.text.slice(0, end), node: text.node, segments };
}
