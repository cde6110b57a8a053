/**
 * Key groups: the units in which keyed state is divided among subtasks. A key is in the same group
 * for ever; a subtask owns a range of groups, which depends on the parallelism.
 * As Flink: KeyGroupRangeAssignment; unlike Flink the group comes from the bytes of the key that
 * KeyEncoder writes, not from a Java hash code.
 */
import { assert } from '../../errors/assert.ts';
import { NULL_KEY_LENGTH } from './key-ranges.ts';

/** First and last group, both included. Empty when `last < first`. */
export interface KeyGroupRange {
  readonly first: number;
  readonly last: number;
}

/** One of the key groups of a job. */
export interface KeyGroupPlace {
  readonly group: number;
  readonly maxParallelism: number;
}

/** Source: Flink, the upper bound of `pipeline.max-parallelism`. */
export const MAX_PARALLELISM_LIMIT = 32_768;
/** Source: Flink, KeyGroupRangeAssignment.DEFAULT_LOWER_BOUND_MAX_PARALLELISM. */
export const MAX_PARALLELISM_DEFAULT = 128;

/**
 * The number of key groups of a job that sets none: room to grow by half, a power of two. As Flink,
 * KeyGroupRangeAssignment.computeDefaultMaxParallelism.
 */
export function defaultMaxParallelism(parallelism: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(parallelism + Math.floor(parallelism / 2)));
  return Math.min(Math.max(wanted, MAX_PARALLELISM_DEFAULT), MAX_PARALLELISM_LIMIT);
}

/** The groups that a subtask owns. */
export function keyGroupRangeOf(
  subtask: number,
  parallelism: number,
  maxParallelism: number,
): KeyGroupRange {
  assert(subtask >= 0 && subtask < parallelism, 'a subtask is one of its operator');
  assert(parallelism <= maxParallelism, 'no more subtasks than key groups');
  return {
    first: Math.floor((subtask * maxParallelism + parallelism - 1) / parallelism),
    last: Math.floor(((subtask + 1) * maxParallelism - 1) / parallelism),
  };
}

/** The subtask that owns a group. */
export function subtaskOfKeyGroup(
  group: number,
  parallelism: number,
  maxParallelism: number,
): number {
  return Math.floor((group * parallelism) / maxParallelism);
}

export function holdsKeyGroup(range: KeyGroupRange, group: number): boolean {
  return group >= range.first && group <= range.last;
}

/** The group of a key. `length`: bytes, or NULL_KEY_LENGTH for the NULL key. */
export function keyGroupOf(
  bytes: Uint8Array,
  start: number,
  length: number,
  maxParallelism: number,
): number {
  return (keyHash(bytes, start, length) >>> 0) % maxParallelism;
}

/** Hash of the NULL key: some constant, for ever the same. */
export const NULL_KEY_HASH = 0x5bd1e995;

/** Murmur3, 32 bits, seed 0: part of the snapshot format, never to be changed. */
function keyHash(bytes: Uint8Array, start: number, length: number): number {
  if (length === NULL_KEY_LENGTH) return NULL_KEY_HASH;
  let hash = 0;
  const wordsEnd = start + (length & ~3);
  for (let at = start; at < wordsEnd; at += 4) {
    const word =
      bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash = mixKeyWord(hash, word);
  }
  let rest = 0;
  for (let at = start + length - 1; at >= wordsEnd; at--) rest = (rest << 8) | bytes[at]!;
  if ((length & 3) !== 0) hash = mixKeyRest(hash, rest);
  return finishKeyHash(hash, length);
}

/** The hash with four more bytes of the key, as a little-endian word. */
export function mixKeyWord(hash: number, word: number): number {
  const mixed = hash ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** The hash with the last one to three bytes of the key. */
export function mixKeyRest(hash: number, rest: number): number {
  return hash ^ scramble(rest);
}

/** The hash of a key of `length` bytes that were mixed in. */
export function finishKeyHash(hash: number, length: number): number {
  let mixed = hash ^ length;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
