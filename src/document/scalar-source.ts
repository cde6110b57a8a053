/**
 * Where a character of a scalar's value stands in the text: escapes, doubled quotes, folded lines
 * and the indentation of blocks lie between the two.
 */
import type { ScalarNode } from './document-node.ts';

/** Offset in `text` of the value's character at `valueOffset`; at most the scalar's end. */
export function sourceOffset(text: string, scalar: ScalarNode, valueOffset: number): number {
  if (scalar.style === 'plain' && text.startsWith(scalar.text, scalar.start)) {
    return Math.min(scalar.start + valueOffset, scalar.end);
  }
  const walk: Walk = { text, scalar, value: 0, source: contentStart(text, scalar) };
  while (walk.value < valueOffset && walk.source < scalar.end) step(walk);
  // What stands here may be the space that folding dropped.
  const wanted = scalar.text[valueOffset];
  while (isSpace(text[walk.source]) && !isSpace(wanted) && walk.source < scalar.end) {
    walk.source += 1;
  }
  return Math.min(walk.source, scalar.end);
}

interface Walk {
  readonly text: string;
  readonly scalar: ScalarNode;
  /** Position in the value, and in the text. */
  value: number;
  source: number;
}

function contentStart(text: string, scalar: ScalarNode): number {
  switch (scalar.style) {
    case 'single-quoted':
    case 'double-quoted':
      return scalar.start + 1;
    case 'literal':
    case 'folded': {
      const lineEnd = text.indexOf('\n', scalar.start);
      return lineEnd < 0 ? scalar.end : lineEnd + 1;
    }
    case 'plain':
    case 'absent':
      return scalar.start;
  }
}

function step(walk: Walk): void {
  const source = walk.text[walk.source];
  if (walk.scalar.style === 'double-quoted' && source === '\\') {
    stepEscape(walk);
  } else if (walk.scalar.style === 'single-quoted' && source === "'") {
    walk.source += 2;
    walk.value += 1;
  } else if (source === walk.scalar.text[walk.value]) {
    walk.source += 1;
    walk.value += 1;
  } else if (isSpace(source)) {
    walk.source += 1;
  } else {
    // A folded line end: its space is in the value only.
    walk.value += 1;
  }
}

/** Hexadecimal digits behind \x, \u and \U. */
const ESCAPE_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function stepEscape(walk: Walk): void {
  const kind = walk.text[walk.source + 1] ?? '';
  if (kind === '\n' || kind === '\r') {
    // The line goes on: nothing of this is in the value.
    walk.source += 1;
    while (isSpace(walk.text[walk.source])) walk.source += 1;
    return;
  }
  const digits = ESCAPE_DIGITS[kind] ?? 0;
  const code = Number.parseInt(walk.text.slice(walk.source + 2, walk.source + 2 + digits), 16);
  walk.source += 2 + digits;
  walk.value += code > 0xffff ? 2 : 1;
}

const isSpace = (character: string | undefined): boolean =>
  character === ' ' || character === '\t' || character === '\n' || character === '\r';
