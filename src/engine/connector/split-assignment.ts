/**
 * Which subtask reads which split. Splits that are all known at the start are dealt out in turn, so
 * that each subtask has as many; splits that are found while the job runs go by their names, since
 * subtasks look at different moments.
 * Invariant: at one parallelism a split belongs to the same subtask, before and after a restore.
 */
import { keyGroupOf } from '../state/key-groups.ts';
import type { RestoredSplits, SourcePlace } from './contract.ts';

/** A source that is read by one subtask, from its start. */
export const WHOLE_SOURCE: SourcePlace = { subtask: 0, parallelism: 1, restored: null };

/** The share of a subtask; `all` has the same order in every subtask. */
export function dealtTo<T>(all: readonly T[], { subtask, parallelism }: SourcePlace): readonly T[] {
  return all.filter((_, index) => index % parallelism === subtask);
}

/**
 * The splits of a subtask after a restore. At the same parallelism they stay where they are,
 * whatever others have ended: consumers remember how far each subtask had come.
 */
export function restoredTo({ names, own }: RestoredSplits, place: SourcePlace): readonly string[] {
  return own ?? dealtTo(names, place);
}

/** Whether the split of this name belongs to the subtask. */
export function ownsSplit(name: string, { subtask, parallelism }: SourcePlace): boolean {
  if (parallelism === 1) return true;
  const bytes = new TextEncoder().encode(name);
  return keyGroupOf(bytes, 0, bytes.length, parallelism) === subtask;
}
