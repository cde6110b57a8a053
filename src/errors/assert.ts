/**
 * States what must hold. A broken statement is a bug of drey: it stops what is going on, in
 * production too, rather than let a wrong result out.
 */
import { errorCodes } from './codes.ts';
import { BugError } from './drey-error.ts';

/** Throws a BugError with `sentence` unless `condition` holds. */
export function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new BugError('DREY_BUG', sentence, { hint: errorCodes.DREY_BUG.next });
}
