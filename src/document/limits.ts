/**
 * How large a document may be. The limits keep any input of the allowed size below half a second,
 * measured on two cores of a small server; a pipeline file of a person stays far below them.
 */

/** Size of the text in UTF-8. */
export const DOCUMENT_BYTES_MAX = 1_048_576;
/** Maps and lists inside each other. */
export const NESTING_MAX = 64;
/** Maps, lists, keys and scalars; what an alias stands for counts at every use. */
export const NODES_MAX = 50_000;
/** Keys of one map. */
export const MAP_KEYS_MAX = 1_000;
/** Uses of anchors (`*name`). */
export const ALIASES_MAX = 100;
/**
 * Lexical tokens, which include line ends and comments. Reading costs one to two microseconds each,
 * so this is what bounds the time; 40,000 list items written one a line have as many.
 */
export const TOKENS_MAX = 200_000;
/** Problems that are reported of one text; the rest mostly follows from the first ones. */
export const SYNTAX_PROBLEMS_MAX = 10;
