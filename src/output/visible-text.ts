/**
 * Text of others (names in files, records, answers of clusters) -> text that is safe to print:
 * control characters, escape sequences and characters that change the reading direction become
 * visible escapes. Printable text passes unchanged.
 */

/**
 * C0 and C1 controls, DEL, line and paragraph separators, zero-width and bidirectional marks,
 * byte order mark, tag characters. A newline and a tab are controls like the others here.
 */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]|[\u{e0000}-\u{e007f}]/gu;

/** The same without the line break. */
const HIDDEN_IN_LINES = new RegExp(
  HIDDEN.source.replace('\\u0000-\\u001f', '\\u0000-\\u0009\\u000b-\\u001f'),
  'u',
);

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line of visible text. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, escapeOf);
}

/** As `visibleText`, but line breaks stay: for text that drey itself has laid out in lines. */
export function visibleLines(text: string): string {
  return text.replace(HIDDEN, (character) =>
    character === '\n' ? character : escapeOf(character),
  );
}

/** As `visibleText`, for text that is JSON: the escapes are those of JSON, which mean the same. */
export function visibleJson(json: string): string {
  // Nearly always nothing is to be done, and a large document is not copied for it.
  return HIDDEN_IN_LINES.test(json)
    ? json.replace(HIDDEN, (character) =>
        character === '\n' ? character : jsonEscapeOf(character),
      )
    : json;
}

/** Characters beyond 16 bits are two units, each with its escape. */
function jsonEscapeOf(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}

function escapeOf(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const codePoint = character.codePointAt(0) ?? 0;
  const digits = codePoint.toString(16);
  if (codePoint <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}
