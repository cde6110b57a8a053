/**
 * One thing that is wrong, or doubtful, in a text file of the user: what, where, and what to write
 * instead. Readers collect findings and report all of them at once.
 */
import type { ErrorCode } from './codes.ts';

export type Severity = 'error' | 'warning';

export interface Finding {
  readonly code: ErrorCode;
  readonly severity: Severity;
  /** One sentence with the values; no trailing position. */
  readonly message: string;
  /** The file's path as the user gave it. */
  readonly file: string;
  /** One-based; 1 where the finding is about the file as a whole. */
  readonly line: number;
  /** One-based, in UTF-16 code units; 1 where the finding is about the file as a whole. */
  readonly column: number;
  /** Number of code units to underline from `column`; at least 1. */
  readonly length: number;
  /** What to write instead; absent when the message says it already. */
  readonly hint?: string;
}
