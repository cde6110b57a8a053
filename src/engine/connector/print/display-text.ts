/** Text of data on a terminal: what must not reach it, and how many cells the rest takes. */

/** Control characters, line separators, and what turns the direction of the text around. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
/** Characters that take no cell of their own: combining marks, joiners, variation selectors. */
const ZERO_WIDTH = /\p{Mn}|\p{Me}|\p{Default_Ignorable_Code_Point}/u;
/** First and last code points of characters two cells wide (Unicode East Asian Width W and F). */
const WIDE_RANGES = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
] as const;

/** The text with unsafe characters as escapes: `\n`, `\t`, `\u001b`. */
export function visibleText(text: string): string {
  return text.replace(UNSAFE, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Terminal cells that the text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (character <= '~') width++;
    else if (!ZERO_WIDTH.test(character)) width += isWide(character.codePointAt(0)!) ? 2 : 1;
  }
  return width;
}

function isWide(codePoint: number): boolean {
  return WIDE_RANGES.some(([first, last]) => first <= codePoint && codePoint <= last);
}
