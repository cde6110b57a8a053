/** Sizes of what a layout remembers, in a file of their own for the reason that json-words.ts gives. */

/** Keys that are remembered although no column wants them. Rows with more are read more slowly. */
export const UNKNOWN_KEYS_MAX = 256;
/** Longest key that is remembered although no column wants it. */
export const UNKNOWN_KEY_BYTES_MAX = 64;

/** Longest run of bytes that is remembered for a field; longer ones are looked up each time. */
export const RUN_BYTES_MAX = 64;
/** Shortest: `,"":` is too short for a chain and looked up each time. */
export const RUN_BYTES_MIN = 5;
/** Runs of so many bytes and more are compared as float64. */
export const LONG_RUN_BYTES = 8;
/** Runs longer than this have bytes between the first eight and the last. */
export const TWO_WORD_BYTES = 16;

/** Keys that begin alike are in one chain; behind so many of them a look-up by hash is cheaper. */
export const CHAIN_STEPS_MAX = 8;
export const CHAIN_BITS = 10;
/** Fibonacci hashing: 2^32 divided by the golden ratio. */
export const CHAIN_FACTOR = 0x9e3779b1;
