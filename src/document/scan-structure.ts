/**
 * A first look at a text through the lexer alone, which is cheap and does not nest: it refuses
 * what would be slow to compose or would nest too deep, and finds what drey forbids anyway (tags,
 * directives). Its count of nesting is a little too low where a list sits at its key's column;
 * the exact count follows on the composed document.
 */
import { CST, Lexer } from 'yaml';
import type { DocumentProblem } from './document-node.ts';
import { NESTING_MAX, NODES_MAX, TOKENS_MAX } from './limits.ts';

/** Problems found; an empty list means that the text may be composed. */
export function scanStructure(text: string): readonly DocumentProblem[] {
  const scan = new StructureScan();
  for (const token of new Lexer().lex(text)) {
    const problem = scan.take(token);
    if (problem !== null) return [problem];
  }
  return scan.forbidden;
}

/** Marks of the lexer that are no part of the text. */
const DOCUMENT_MARK = '\u{2}';
const FLOW_ERROR_MARK = '\u{18}';
const SCALAR_MARK = '\u{1f}';

const isMark = (token: string): boolean =>
  token === SCALAR_MARK || token === DOCUMENT_MARK || token === FLOW_ERROR_MARK;

const FORBIDDEN_REPORTED_MAX = 10;

class StructureScan {
  readonly forbidden: DocumentProblem[] = [];
  #offset = 0;
  #lineStart = 0;
  #tokenCount = 0;
  #nodeCount = 0;
  #flowDepth = 0;
  #isScalarNext = false;
  /** Inside { } and [ ]: nothing but space since the bracket or the last comma. */
  #isItemExpected = false;
  /** Columns of the open block maps and lists, rising. */
  readonly #blockColumns: number[] = [];
  /** True until a line, or what follows an indicator, has shown its first node. */
  #opensBlock = true;

  take(token: string): DocumentProblem | null {
    this.#tokenCount += 1;
    if (this.#tokenCount > TOKENS_MAX) return this.#limit(`more than ${TOKENS_MAX} tokens`);
    if (isMark(token)) {
      this.#isScalarNext = token === SCALAR_MARK;
      return null;
    }
    const problem = this.#isScalarNext ? this.#node() : this.#structure(token);
    this.#isScalarNext = false;
    this.#offset += token.length;
    return problem;
  }

  #structure(token: string): DocumentProblem | null {
    const type: string = CST.tokenType(token) ?? '';
    switch (type) {
      case 'newline':
        this.#lineStart = this.#offset + token.length;
        this.#opensBlock = true;
        return null;
      case 'space':
      case 'comment':
        return null;
      case 'tag':
        this.#forbid(token, `${token} starts a YAML tag; tags are not used.`, QUOTE_HINT);
        return null;
      case 'directive-line':
        this.#forbid(token, 'YAML directives are not used.', 'Remove the line.');
        return null;
      case 'flow-map-start':
      case 'flow-seq-start':
        this.#flowDepth += 1;
        return this.#openBlock() ?? this.#countNode() ?? this.#openFlow();
      case 'flow-map-end':
      case 'flow-seq-end':
        this.#flowDepth = Math.max(0, this.#flowDepth - 1);
        this.#isItemExpected = false;
        return null;
      case 'comma':
        return this.#emptyItem();
      case 'seq-item-ind':
      case 'explicit-key-ind':
        return this.#indicator();
      case 'map-value-ind':
        this.#opensBlock = true;
        return null;
      default:
        return this.#node();
    }
  }

  /** Refused at once: a long run of commas costs the composer an error each. */
  #emptyItem(): DocumentProblem | null {
    const isEmpty = this.#flowDepth > 0 && this.#isItemExpected;
    this.#isItemExpected = true;
    if (!isEmpty) return null;
    const start = this.#offset;
    const message = 'An item is missing before this comma.';
    return { code: 'DREY_YAML_SYNTAX', message, start, end: start + 1 };
  }

  #node(): DocumentProblem | null {
    return this.#openBlock() ?? this.#countNode();
  }

  #indicator(): DocumentProblem | null {
    const problem = this.#openBlock();
    this.#opensBlock = true;
    // The node behind it counts.
    return problem;
  }

  #openBlock(): DocumentProblem | null {
    if (this.#flowDepth > 0 || !this.#opensBlock) return null;
    this.#opensBlock = false;
    const column = this.#offset - this.#lineStart;
    const columns = this.#blockColumns;
    while (columns.length > 0 && (columns.at(-1) ?? 0) > column) columns.pop();
    if (columns.at(-1) !== column) columns.push(column);
    return this.#checkDepth();
  }

  #countNode(): DocumentProblem | null {
    this.#isItemExpected = false;
    this.#nodeCount += 1;
    return this.#nodeCount > NODES_MAX ? this.#limit(`more than ${NODES_MAX} nodes`) : null;
  }

  #openFlow(): DocumentProblem | null {
    this.#isItemExpected = true;
    return this.#checkDepth();
  }

  #checkDepth(): DocumentProblem | null {
    // The value of a key counts one column more than it nests.
    const depth = this.#flowDepth + this.#blockColumns.length - 1;
    return depth > NESTING_MAX
      ? this.#limit(`maps and lists nested more than ${NESTING_MAX} deep`)
      : null;
  }

  #forbid(token: string, message: string, hint: string): void {
    if (this.forbidden.length >= FORBIDDEN_REPORTED_MAX) return;
    const start = this.#offset;
    const end = start + token.length;
    this.forbidden.push({ code: 'DREY_YAML_FORBIDDEN', message, start, end, hint });
  }

  #limit(what: string): DocumentProblem {
    const start = this.#offset;
    return {
      code: 'DREY_YAML_LIMIT',
      message: `The file has ${what}.`,
      start,
      end: start + 1,
      hint: 'Split the pipeline, or move data out of the file.',
    };
  }
}

const QUOTE_HINT = 'Put the whole value in quotes if it is meant as text.';
