/**
 * Text by code points, as Flink counts characters. JavaScript counts UTF-16 units; texts without
 * surrogates, the usual ones, take the quick path.
 */

const SURROGATE = /[\ud800-\udfff]/;

export function codePointLength(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let length = 0;
  for (let index = 0; index < text.length; length += 1) index = nextIndex(text, index);
  return length;
}

/** The first `count` code points. */
export function codePointPrefix(text: string, count: number): string {
  return codePointSlice(text, 0, count);
}

/** Code points `from` to `to` (exclusive), both at least 0. */
export function codePointSlice(text: string, from: number, to: number): string {
  if (!SURROGATE.test(text)) return text.slice(from, Math.max(from, to));
  const start = unitIndex(text, 0, from);
  return text.slice(start, unitIndex(text, start, Math.max(0, to - from)));
}

/** Unit index that lies `count` code points after `index`; the end when there are fewer. */
function unitIndex(text: string, index: number, count: number): number {
  let position = index;
  for (let done = 0; done < count && position < text.length; done += 1) {
    position = nextIndex(text, position);
  }
  return position;
}

/** Number of code points before a unit index. */
export function codePointCountBefore(text: string, index: number): number {
  return SURROGATE.test(text) ? codePointLength(text.slice(0, index)) : index;
}

function nextIndex(text: string, index: number): number {
  return index + ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);
}

/** The code points, each as a text of its own. */
export function codePoints(text: string): string[] {
  return Array.from(text);
}
