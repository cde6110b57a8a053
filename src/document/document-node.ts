/**
 * A document as the rest of drey sees it: maps, lists and scalars with their place in the text.
 * Nothing in it comes from the YAML library. Scalars keep the text that was written; what it
 * means is decided by the field that holds it, never by YAML.
 */

export type ScalarStyle =
  | 'plain'
  | 'single-quoted'
  | 'double-quoted'
  | 'literal'
  | 'folded'
  /** A key without a value, an empty list item. */
  | 'absent';

interface NodeBase {
  /** Offset of the first character, in UTF-16 code units of the text. */
  readonly start: number;
  /** Offset behind the last character. */
  readonly end: number;
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  /** The value: quotes, escapes and folding are resolved. */
  readonly text: string;
  readonly style: ScalarStyle;
  /** True inside { } and [ ], where YAML splits plain text at commas. */
  readonly isInFlow: boolean;
  /** True when a comment follows on the scalar's last line. */
  readonly hasTrailingComment: boolean;
  /** Offset of an anchor (`&name`) that no alias uses; null when there is none. */
  readonly unusedAnchorAt: number | null;
}

export interface MapEntry {
  readonly key: ScalarNode;
  readonly value: DocumentNode;
}

/** Keys are unique; order is that of the text. */
export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  /** True for `{ ... }`. */
  readonly isFlow: boolean;
}

export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly items: readonly DocumentNode[];
  /** True for `[ ... ]`. */
  readonly isFlow: boolean;
}

/** An alias appears as the node that it stands for. */
export type DocumentNode = ScalarNode | MapNode | ListNode;

/** What is wrong with a text, before it is known which file it came from. */
export interface DocumentProblem {
  readonly code:
    | 'DREY_YAML_SYNTAX'
    | 'DREY_YAML_QUOTE'
    | 'DREY_YAML_LIMIT'
    | 'DREY_YAML_ENCODING'
    | 'DREY_YAML_DUPLICATE_KEY'
    | 'DREY_YAML_FORBIDDEN';
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly hint?: string;
}
