/**
 * The text of a properties file, as Java writes them and Kafka's own tools take them
 * (`--command-config`): comments, escapes, and lines that go on behind a backslash. In UTF-8.
 */
import { InputError } from '../errors/drey-error.ts';

const COMMENT = /^[ \t\f]*(?:[#!].*)?$/;
/** An odd number of backslashes at the end: the next line belongs to it. */
const CONTINUED = /(?:^|[^\\])(?:\\\\)*\\$/;
/** The name ends at the first `=`, `:` or blank that has no backslash before it. */
const PAIR = /^((?:\\.|[^\\=: \t\f])*)(?:[ \t\f]*[=:]|[ \t\f])?[ \t\f]*(.*)$/s;

/** `file`: for messages. The last value of a name counts. Throws DREY_KAFKA_PROPERTY. */
export function parsePropertiesFile(text: string, file: string): Readonly<Record<string, string>> {
  const properties = new Map<string, string>();
  for (const { line, number } of logicalLines(text)) {
    const [, name = '', value = ''] = PAIR.exec(line) ?? [];
    const place = `${file}:${number}`;
    properties.set(unescaped(name, place), unescaped(value, place));
  }
  return Object.fromEntries(properties);
}

function logicalLines(text: string): readonly { readonly line: string; readonly number: number }[] {
  const lines: { line: string; number: number }[] = [];
  let open: { line: string; number: number } | null = null;
  for (const [index, natural] of text.split(/\r\n|\r|\n/).entries()) {
    if (open === null && COMMENT.test(natural)) continue;
    const piece = natural.replace(/^[ \t\f]+/, '');
    const isContinued = CONTINUED.test(piece);
    const kept = isContinued ? piece.slice(0, -1) : piece;
    const line: { line: string; number: number } =
      open === null
        ? { line: kept, number: index + 1 }
        : { line: open.line + kept, number: open.number };
    open = isContinued ? line : null;
    if (!isContinued) lines.push(line);
  }
  if (open !== null) lines.push(open);
  return lines;
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string, place: string): string {
  return text.replaceAll(/\\(u[\dA-Fa-f]{4}|.)/gs, (_all, escape: string) => {
    if (escape.length > 1) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    if (escape === 'u') {
      throw new InputError('DREY_KAFKA_PROPERTY', `${place}: \\u needs four hexadecimal digits`, {
        details: { place },
      });
    }
    return ESCAPES[escape] ?? escape;
  });
}
