/**
 * Bytes of a document as text: UTF-8 only, a byte order mark is dropped, characters that YAML
 * forbids are refused. Line ends are LF or CRLF.
 */
import type { DocumentProblem } from './document-node.ts';
import { DOCUMENT_BYTES_MAX } from './limits.ts';

export type DecodedText =
  | { readonly kind: 'text'; readonly text: string }
  /** `text` is what could be read, for positions; empty when nothing could. */
  | { readonly kind: 'refused'; readonly text: string; readonly problem: DocumentProblem };

const LINE_FEED = 0x0a;

export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes.length > DOCUMENT_BYTES_MAX) {
    return refused('', 0, {
      code: 'DREY_YAML_LIMIT',
      message: `The file has ${bytes.length} bytes; at most ${DOCUMENT_BYTES_MAX} are read.`,
      hint: 'Split the pipeline, or move data out of the file.',
    });
  }
  const wide = otherEncoding(bytes);
  if (wide !== null) {
    return refused('', 0, {
      code: 'DREY_YAML_ENCODING',
      message: `The file is ${wide}, not UTF-8.`,
      hint: 'Save the file as UTF-8.',
    });
  }
  try {
    // A byte order mark at the start is dropped by the decoder.
    return checkCharacters(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return invalidUtf8(bytes);
  }
}

function otherEncoding(bytes: Uint8Array): string | null {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return 'UTF-16 (little endian)';
  if (first === 0xfe && second === 0xff) return 'UTF-16 (big endian)';
  if (first === 0 && second !== undefined && second !== 0) return 'UTF-16 (big endian)';
  if (second === 0 && first !== 0 && third !== 0) return 'UTF-16 (little endian)';
  if (first === 0 && second === 0 && third === 0xfe && fourth === 0xff) return 'UTF-32';
  return null;
}

// C0 and C1 controls but tab, LF, CR and NEL; lone CR; the noncharacters that YAML excludes.
const FORBIDDEN = /(?![\t\n\r\x85])[\p{Cc}\ufffe\uffff]|\r(?!\n)/u;

function checkCharacters(text: string): DecodedText {
  const found = FORBIDDEN.exec(text);
  if (found === null) return { kind: 'text', text };
  const code = found[0].charCodeAt(0);
  if (code === 0x0d) {
    return refused(text, found.index, {
      code: 'DREY_YAML_ENCODING',
      message: 'A carriage return without a line feed.',
      hint: 'Use LF or CRLF line ends.',
    });
  }
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return refused(text, found.index, {
    code: 'DREY_YAML_ENCODING',
    message: `The character ${name} is not allowed in YAML.`,
    hint: 'Remove it, or write it as an escape inside double quotes.',
  });
}

function invalidUtf8(bytes: Uint8Array): DecodedText {
  const strict = new TextDecoder('utf-8', { fatal: true });
  let lineStart = 0;
  let readable = '';
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_FEED, lineStart);
    const end = lineEnd < 0 ? bytes.length : lineEnd + 1;
    try {
      readable += strict.decode(bytes.subarray(lineStart, end));
    } catch {
      const line = new TextDecoder('utf-8').decode(bytes.subarray(lineStart, end));
      return refused(readable + line, readable.length + Math.max(0, line.indexOf('\ufffd')), {
        code: 'DREY_YAML_ENCODING',
        message: 'The bytes here are not UTF-8.',
        hint: 'Save the file as UTF-8.',
      });
    }
    if (lineEnd < 0) return refused(readable, 0, NOT_UTF8);
    lineStart = end;
  }
}

const NOT_UTF8 = {
  code: 'DREY_YAML_ENCODING',
  message: 'The file is not UTF-8.',
  hint: 'Save the file as UTF-8.',
} as const;

function refused(
  text: string,
  at: number,
  problem: Pick<DocumentProblem, 'code' | 'message' | 'hint'>,
): DecodedText {
  return { kind: 'refused', text, problem: { ...problem, start: at, end: at + 1 } };
}
