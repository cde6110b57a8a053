/**
 * The reader of one pipeline file: replaces `${...}`, turns offsets into lines and columns, and
 * collects the findings. Values that may be secret never reach a message.
 */
import type { DocumentProblem, ScalarNode } from '../../document/document-node.ts';
import type { LineIndex } from '../../document/line-index.ts';
import { sourceOffset } from '../../document/scalar-source.ts';
import type { Finding, Severity } from '../../errors/finding.ts';
import { nearestName } from '../../expression/nearest.ts';
import type { FieldProblem, FieldReader, FieldText, Place } from '../spec/field.ts';
import { substitute, type VariableSources } from './substitution.ts';

export interface SourceFile {
  /** As the user gave it. */
  readonly name: string;
  readonly text: string;
  readonly lines: LineIndex;
}

/** Looking for near names costs time; a file with more wrong names than this has other troubles. */
const NEAREST_LOOKUPS_MAX = 50;
const SHOWN_LENGTH_MAX = 60;
const MASK = '***';
/** Secrets shorter than this are not looked for in messages: they would hide ordinary letters. */
const MASKED_LENGTH_MIN = 3;

export class FileReader implements FieldReader {
  readonly #file: SourceFile;
  readonly #variables: VariableSources;
  readonly #findings = new Map<string, Finding>();
  readonly #secrets = new Set<string>();
  #nearestLookups = 0;

  constructor(file: SourceFile, variables: VariableSources) {
    this.#file = file;
    this.#variables = variables;
  }

  /** In the order of the file. */
  get findings(): readonly Finding[] {
    return [...this.#findings.values()].toSorted(
      (left, right) => left.line - right.line || left.column - right.column,
    );
  }

  get hasErrors(): boolean {
    return [...this.#findings.values()].some((finding) => finding.severity === 'error');
  }

  text(node: ScalarNode): FieldText | null {
    const substitution = substitute(node, this.#variables);
    if (substitution.kind === 'text') {
      this.#noteSecrets(substitution.text);
      return substitution.text;
    }
    for (const problem of substitution.problems) {
      const start = sourceOffset(this.#file.text, node, problem.start);
      const end = sourceOffset(this.#file.text, node, problem.end);
      this.report({ start, end }, { code: 'DREY_PIPELINE_VARIABLE', ...problem });
    }
    return null;
  }

  report(place: Place, problem: FieldProblem, severity: Severity = 'error'): void {
    const { line, column, length } = this.locate(place);
    const finding: Finding = {
      code: problem.code,
      severity,
      message: this.#masked(problem.message),
      file: this.#file.name,
      line,
      column,
      length,
      ...(problem.hint !== undefined && { hint: this.#masked(problem.hint) }),
    };
    // An aliased node is read at each use; its findings count once.
    const key = `${line}:${column}:${finding.code}:${finding.message}`;
    if (!this.#findings.has(key)) this.#findings.set(key, finding);
  }

  warn(place: Place, problem: FieldProblem): void {
    this.report(place, problem, 'warning');
  }

  reportDocument(problem: DocumentProblem): void {
    this.report(problem, problem);
  }

  /** Reports at a range of a text, wherever the scalar keeps it. */
  reportIn(text: FieldText, range: Place, problem: FieldProblem): void {
    this.report(this.placeIn(text, range), problem);
  }

  /** Where a range of a text stands in the file. */
  placeIn(text: FieldText, range: Place): Place {
    const start = this.#offsetIn(text, range.start);
    const last = this.#offsetIn(text, Math.max(range.start, range.end - 1));
    return { start, end: Math.max(start + 1, last + 1) };
  }

  shown(text: FieldText): string {
    let shown = '';
    for (const segment of text.segments) {
      const part = text.text.slice(segment.start, segment.end);
      shown += segment.origin === 'secret' ? MASK : part;
    }
    const cut = shown.length > SHOWN_LENGTH_MAX ? `${shown.slice(0, SHOWN_LENGTH_MAX)}…` : shown;
    return `"${cut}"`;
  }

  nearest(name: string, names: readonly string[]): string | undefined {
    this.#nearestLookups += 1;
    return this.#nearestLookups > NEAREST_LOOKUPS_MAX ? undefined : nearestName(name, names);
  }

  /** Where findings say that it is: the first line of it. */
  locate(place: Place): Pick<Finding, 'line' | 'column' | 'length'> {
    const lineEnd = this.#file.text.indexOf('\n', place.start);
    const end = Math.min(place.end, lineEnd < 0 ? this.#file.text.length : lineEnd);
    return {
      ...this.#file.lines.position(place.start),
      length: Math.max(1, end - place.start),
    };
  }

  lineOf(place: Place): number {
    return this.#file.lines.position(place.start).line;
  }

  #offsetIn(text: FieldText, offset: number): number {
    const segment =
      text.segments.find((candidate) => offset < candidate.end) ?? text.segments.at(-1);
    if (segment === undefined) return text.node.start;
    const isCopied = segment.end - segment.start === segment.scalarEnd - segment.scalarStart;
    const within = isCopied ? offset - segment.start : 0;
    return sourceOffset(this.#file.text, text.node, segment.scalarStart + within);
  }

  #noteSecrets(text: FieldText): void {
    for (const segment of text.segments) {
      const value = text.text.slice(segment.start, segment.end);
      if (segment.origin === 'secret' && value.length >= MASKED_LENGTH_MIN) {
        this.#secrets.add(value);
      }
    }
  }

  #masked(message: string): string {
    let masked = message;
    for (const secret of this.#secrets) masked = masked.replaceAll(secret, MASK);
    return masked;
  }
}
