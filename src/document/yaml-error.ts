/**
 * The YAML library's errors in drey's words. Most wrong YAML in a pipeline is SQL that should have
 * been quoted, so the places where SQL and YAML collide get a code and a hint of their own.
 */
import type { ErrorCode } from 'yaml';
import type { DocumentProblem } from './document-node.ts';

export function explainYamlError(
  code: ErrorCode,
  position: readonly [number, number],
  text: string,
): DocumentProblem {
  // Some positions lie behind the end of the text, or on the line end before the culprit.
  const start = Math.min(position[0], Math.max(0, text.length - 1));
  const end = Math.max(start + 1, Math.min(position[1], text.length));
  const collision = sqlCollision(code, start, text);
  if (collision !== null) {
    const hint = 'Put the whole value in quotes, or use a | block.';
    return { code: 'DREY_YAML_QUOTE', message: collision, start, end, hint };
  }
  return { code: 'DREY_YAML_SYNTAX', message: MESSAGES[code] ?? FALLBACK, start, end };
}

const QUOTED_VALUE_GOES_ON = /(?:^|[:\-,[{?]\s+)(?:'(?:[^'\n]|'')*'|"(?:[^"\\\n]|\\.)*")\s*\S/;

/** Longer lines are not looked at: they are not written by hand. */
const LINE_LENGTH_MAX = 2_000;

/** A sentence when the line at `start` is a value that YAML reads as something else. */
function sqlCollision(code: string, start: number, text: string): string | null {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', start);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  if (line.length > LINE_LENGTH_MAX) return null;
  const first = text[start] ?? '';
  switch (code) {
    case 'BAD_SCALAR_START':
      return `A value cannot start with ${first} in YAML.`;
    case 'BLOCK_AS_IMPLICIT_KEY':
      return line.indexOf(': ', line.indexOf(':') + 1) > 0
        ? 'The value holds ": ", which starts a map in YAML.'
        : null;
    case 'BLOCK_IN_FLOW':
      return 'Inside { } and [ ] a value that holds ": " must be quoted.';
    case 'UNEXPECTED_TOKEN':
    case 'MISSING_CHAR':
      if (first === '[' || first === '{') return BRACKET_IN_FLOW;
      return QUOTED_VALUE_GOES_ON.test(line) && !line.trimStart().startsWith('#')
        ? 'The value starts with a quoted text and goes on behind it.'
        : null;
    case 'BAD_DQ_ESCAPE':
      return 'A backslash in double quotes starts an escape that YAML does not know.';
    default:
      return null;
  }
}

const BRACKET_IN_FLOW = 'Inside { } and [ ] a value that holds , { } [ ] must be quoted.';
const FALLBACK = 'This is not valid YAML.';

const MESSAGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  ALIAS_PROPS: 'An alias cannot have an anchor or tag.',
  BAD_ALIAS: 'This alias is not usable here.',
  BAD_DIRECTIVE: 'This directive is not valid.',
  BAD_INDENT: 'The indentation does not fit the lines above, or a bracket is not closed.',
  BAD_PROP_ORDER: 'An anchor or tag is at the wrong place.',
  BLOCK_AS_IMPLICIT_KEY: 'A map or list cannot start on the line of its key here.',
  KEY_OVER_1024_CHARS: 'A key of more than 1024 characters.',
  MISSING_CHAR:
    'A character is missing here: a closing quote or bracket, a comma, a colon, a space.',
  MULTILINE_IMPLICIT_KEY: 'A key must be on one line and be followed by a colon.',
  MULTIPLE_ANCHORS: 'A node can have one anchor only.',
  MULTIPLE_DOCS: 'A second document starts here; the file must hold exactly one.',
  TAB_AS_INDENT: 'A tab cannot be used for indentation.',
  UNEXPECTED_TOKEN: 'This was not expected here.',
};
