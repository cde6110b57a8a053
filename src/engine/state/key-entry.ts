/**
 * How an entry of a key dictionary is laid out, and how its tables grow. In a file of their own,
 * because the bundler writes imported constants into the code as numbers; those of the same file
 * would be loaded and checked at every use.
 */

/** Words of an entry, as a power of two. */
export const ENTRY_SHIFT = 2;
export const ENTRY_WORDS = 1 << ENTRY_SHIFT;
export const INLINE_BYTES = 12;
/** The upper bits of a tag: length of an inline key, or one of the two marks. */
export const LENGTH_SHIFT = 27;
export const ID_MASK = (1 << LENGTH_SHIFT) - 1;
export const NULL_MARK = 13;
export const LONG_MARK = 14;
/** Words of a long key's entry behind the tag. */
export const HASH = 1;
export const PLACE = 2;
export const LONG_LENGTH = 3;
export const INITIAL_SLOTS = 1024;
/** Below this a table grows eightfold: moving a small one often costs more than its room. */
export const SMALL_SLOTS = 1 << 16;
/** Slots of the largest table: an Int32Array of 2^28 words, 1 GiB. Half of them can be taken. */
export const SLOTS_MAX = 1 << 26;
