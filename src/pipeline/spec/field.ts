/**
 * What a field of a pipeline file is: how its value is read from the document, and what the JSON
 * Schema and the reference page say about it. One description serves all four: types, checks,
 * schema, page.
 * Invariant: `read` reports what is wrong and returns null; it never throws at the user.
 */
import { BugError } from '../../errors/drey-error.ts';
import type { ErrorCode } from '../../errors/codes.ts';
import type { DocumentNode, ScalarNode } from '../../document/document-node.ts';

/** Where a part of a scalar's text came from. */
export type TextOrigin = 'file' | 'parameter' | 'environment' | 'secret';

/** A scalar's text after `${...}` were replaced, with what is needed to find the places again. */
export interface FieldText {
  readonly text: string;
  readonly node: ScalarNode;
  /** In order, without gaps; one of origin `file` when nothing was replaced. */
  readonly segments: readonly TextSegment[];
}

export interface TextSegment {
  /** Range in `FieldText.text`. */
  readonly start: number;
  readonly end: number;
  /** Range in the scalar's own text. */
  readonly scalarStart: number;
  readonly scalarEnd: number;
  readonly origin: TextOrigin;
}

/** A place in the document: a node, or a range of offsets. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

export interface FieldProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/** What fields need from the reader of one file. */
export interface FieldReader {
  /** Replaces `${...}`; null when one cannot be replaced, which is reported. */
  text(node: ScalarNode): FieldText | null;
  report(place: Place, problem: FieldProblem): void;
  /** The text as messages may show it: values that may be secret are masked. */
  shown(text: FieldText): string;
  /** The nearest of some names, for hints; undefined when none is near. */
  nearest(name: string, names: readonly string[]): string | undefined;
}

export interface Field<T> {
  readonly shape: FieldShape;
  read(node: DocumentNode, reader: FieldReader): T | null;
}

export type FieldShape =
  | ScalarShape
  | { readonly kind: 'list'; readonly item: FieldShape; readonly itemsMin: number }
  | {
      readonly kind: 'map';
      /** What a key is: `column`, `node`. */
      readonly keyName: string;
      readonly keyPattern: RegExp | null;
      readonly value: FieldShape;
    }
  | { readonly kind: 'record'; readonly options: Options }
  | { readonly kind: 'variant'; readonly alternatives: readonly FieldShape[] }
  | { readonly kind: 'any' };

export interface ScalarShape {
  readonly kind: 'scalar';
  /** As the reference page names it: `duration`, `integer`, `expression`. */
  readonly type: string;
  /** Set for closed sets of values. */
  readonly values?: readonly string[];
  /** Bounds of numbers, inclusive. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
}

/** A value with the node it was read from; a null node is the field's default. */
export interface Located<T> {
  readonly value: T;
  readonly node: DocumentNode | null;
}

/** A field under a name, with its documentation. */
export interface Option<T> {
  readonly field: Field<T>;
  readonly description: string;
  readonly isRequired: boolean;
  /** As written in a file. */
  readonly defaultText: string | null;
  /** As written in a file. */
  readonly example: string | null;
  /** Version of drey that reads it; null: a later one. */
  readonly since: string | null;
}

export interface DefaultedOption<T> extends Option<T> {
  readonly defaultText: string;
  readonly fallback: T;
}

/** Fields by name. A `#` in a name stands for a column's name, a `*` at its end for anything. */
export type Options = Readonly<Record<string, Option<unknown>>>;

export type ValuesOf<F extends Options> = {
  readonly [K in keyof F]: F[K] extends DefaultedOption<infer T>
    ? Located<T>
    : F[K] extends Option<infer T>
      ? Located<T> | null
      : never;
};

interface OptionWords {
  readonly description: string;
  readonly example?: string;
}

/** First version that a field of this table appeared in. */
const FIRST_VERSION = '0.1';

export function required<T>(field: Field<T>, words: OptionWords): Option<T> {
  return { ...optional(field, words), isRequired: true };
}

export function optional<T>(field: Field<T>, words: OptionWords): Option<T> {
  return {
    field,
    description: words.description,
    isRequired: false,
    defaultText: null,
    example: words.example ?? null,
    since: FIRST_VERSION,
  };
}

/** The default is written as in a file and read by the field itself. */
export function defaulted<T>(
  field: Field<T> & { readonly parse: (text: string) => T | Mismatch },
  defaultText: string,
  words: OptionWords,
): DefaultedOption<T> {
  const fallback = field.parse(defaultText);
  if (isMismatch(fallback)) {
    throw new BugError('DREY_BUG', `The default ${defaultText} is no value: ${fallback.mismatch}`);
  }
  return { ...optional(field, words), defaultText, fallback };
}

/** Part of the pipeline format that this version cannot run; naming it is not a typing error. */
export function later(description: string): Option<never> {
  return {
    field: laterField,
    description,
    isRequired: false,
    defaultText: null,
    example: null,
    since: null,
  };
}

const laterField: Field<never> = { shape: { kind: 'any' }, read: () => null };

/** A text that does not fit: a sentence that names what was expected and what was found. */
export interface Mismatch {
  readonly mismatch: string;
  readonly hint?: string;
}

export function isMismatch(value: unknown): value is Mismatch {
  return typeof value === 'object' && value !== null && 'mismatch' in value;
}
