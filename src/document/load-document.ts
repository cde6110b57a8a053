/**
 * Text -> document. The only importer of the YAML library besides the scan in front of it.
 * Decides what of YAML is allowed: one document, no tags, no directives, no merge keys, keys that
 * are plain text and occur once, aliases within limits. Either the whole document comes back or
 * the problems; nothing is repaired silently.
 */
import { parseDocument, type YAMLError } from 'yaml';
import { convertDocument } from './convert-document.ts';
import { decodeText } from './decode-text.ts';
import type { DocumentNode, DocumentProblem } from './document-node.ts';
import { SYNTAX_PROBLEMS_MAX } from './limits.ts';
import { LineIndex } from './line-index.ts';
import { scanStructure } from './scan-structure.ts';
import { explainYamlError } from './yaml-error.ts';

export interface LoadedDocument {
  /** Without a byte order mark; offsets of nodes and problems refer to it. */
  readonly text: string;
  readonly lines: LineIndex;
  /** Null when there are problems, or nothing but comments in the text. */
  readonly root: DocumentNode | null;
  readonly problems: readonly DocumentProblem[];
}

export function loadDocument(bytes: Uint8Array): LoadedDocument {
  const decoded = decodeText(bytes);
  if (decoded.kind === 'refused') return refuse(decoded.text, [decoded.problem]);
  const text = decoded.text;
  const structure = scanStructure(text);
  if (structure.length > 0) return refuse(text, structure);
  const composed = compose(text);
  const lines = new LineIndex(text);
  // A warning of the library is something it guessed about; drey does not guess.
  const errors = [...composed.errors, ...composed.warnings];
  if (errors.length > 0) {
    return { text, lines, root: null, problems: firstOfEachLine(errors, text, lines) };
  }
  const { root, problems } = convertDocument(composed, text);
  return { text, lines, root: problems.length > 0 ? null : root, problems };
}

/** Errors of the library are collected in numbers; their stack traces would cost most of the time. */
function compose(text: string): ReturnType<typeof parseDocument> {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return parseDocument(text, {
      schema: 'failsafe',
      // The library's own check is quadratic; convertDocument looks for duplicates.
      uniqueKeys: false,
      prettyErrors: false,
      // 'silent' would also drop the error about a second document.
      logLevel: 'error',
    });
  } finally {
    Error.stackTraceLimit = before;
  }
}

function refuse(text: string, problems: readonly DocumentProblem[]): LoadedDocument {
  return { text, lines: new LineIndex(text), root: null, problems };
}

/** One wrong character makes the parser stumble several times on its line; the first counts. */
function firstOfEachLine(
  errors: readonly YAMLError[],
  text: string,
  lines: LineIndex,
): readonly DocumentProblem[] {
  const sorted = errors.toSorted((left, right) => left.pos[0] - right.pos[0]);
  const seen = new Set<number>();
  const first: DocumentProblem[] = [];
  for (const error of sorted) {
    const { line } = lines.position(error.pos[0]);
    if (seen.has(line)) continue;
    seen.add(line);
    first.push(explainYamlError(error.code, error.pos, text));
    if (first.length === SYNTAX_PROBLEMS_MAX) break;
  }
  return first;
}
