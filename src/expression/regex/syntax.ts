/** The tree of a regular expression, and what limits it. */

/** Decides about one code point. */
export type CharacterTest = (point: number) => boolean;
/** Decides about a place in a text, a UTF-16 index. */
export type PlaceTest = (text: string, index: number) => boolean;

export type RegexNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'place'; readonly test: PlaceTest }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: RegexNode }
  | {
      readonly kind: 'repeat';
      readonly body: RegexNode;
      readonly min: number;
      /** Infinity for * and +. */
      readonly max: number;
      readonly isGreedy: boolean;
    };

export interface RegexFlags {
  /** (?i): ASCII letters match both cases. */
  readonly ignoreCase: boolean;
  /** (?s): a dot matches line ends too. */
  readonly dotAll: boolean;
  /** (?m): ^ and $ match at line ends. */
  readonly multiline: boolean;
}

/** Longest pattern, in UTF-16 units. */
export const PATTERN_LENGTH_MAX = 4096;
/** Deepest nesting of groups and classes. */
export const GROUP_NESTING_MAX = 64;
/** Largest n and m of {n,m}. */
export const REPEAT_MAX = 1000;
/** Largest number of instructions that a pattern expands to. */
export const INSTRUCTIONS_MAX = 20_000;
/** Instructions that one search may run before it gives up: about a second. */
export const STEPS_MAX = 50_000_000;
