/**
 * What a TaskManager argument means: an id, a unique beginning of one, or a unique part of one such
 * as a host; without an argument the only one that there is.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import type { TaskManagerId } from '../../flink/model/identifiers.ts';

/** What is looked at of a TaskManager. */
export interface Identified {
  readonly taskManagerId: TaskManagerId;
}

export type TaskManagerMatch<T extends Identified> =
  | { readonly kind: 'found'; readonly taskManager: T }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly T[] }
  | { readonly kind: 'unknown' };

/** `argument`: null when none was given. Ids are told apart by case, parts of them are not. */
export function matchTaskManager<T extends Identified>(
  all: readonly T[],
  argument: string | null,
): TaskManagerMatch<T> {
  if (argument === null) return oneOf(all);
  const exact = all.filter(({ taskManagerId }) => taskManagerId === argument);
  if (exact.length > 0) return oneOf(exact);
  const text = argument.toLowerCase();
  if (text === '') return { kind: 'unknown' };
  const ids = all.map((one) => ({ one, id: one.taskManagerId.toLowerCase() }));
  const prefixed = ids.filter(({ id }) => id.startsWith(text));
  const matching = prefixed.length > 0 ? prefixed : ids.filter(({ id }) => id.includes(text));
  return oneOf(matching.map(({ one }) => one));
}

/** The TaskManager, or a RefusedError with the candidates. `host`: whose TaskManagers these are. */
export function findTaskManager<T extends Identified>(
  all: readonly T[],
  argument: string | null,
  host: string,
): T {
  const match = matchTaskManager(all, argument);
  if (match.kind === 'found') return match.taskManager;
  const candidates = match.kind === 'ambiguous' ? match.candidates : all;
  const ids = candidates.map(({ taskManagerId }) => taskManagerId);
  const details = { argument, candidates: ids.slice(0, CANDIDATES_MAX) };
  const listed = listOf(ids);
  if (match.kind === 'ambiguous') {
    const message =
      argument === null
        ? `${host} has ${ids.length} TaskManagers, and none was named: ${listed}`
        : `${JSON.stringify(argument)} names ${ids.length} TaskManagers: ${listed}`;
    throw new RefusedError('DREY_TASKMANAGER_AMBIGUOUS', message, { details });
  }
  if (all.length === 0) {
    throw new RefusedError('DREY_TASKMANAGER_NOT_FOUND', `${host} has no TaskManagers`, {
      details,
      hint: 'Look at the cluster with drey cluster health: without TaskManagers no job can run.',
    });
  }
  const wanted = JSON.stringify(argument);
  throw new RefusedError(
    'DREY_TASKMANAGER_NOT_FOUND',
    `${host} has no TaskManager ${wanted}; it has ${listed}`,
    { details },
  );
}

const LISTED_MAX = 10;
const CANDIDATES_MAX = 100;

function listOf(ids: readonly string[]): string {
  const more = ids.length - LISTED_MAX;
  return ids.slice(0, LISTED_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function oneOf<T extends Identified>(candidates: readonly T[]): TaskManagerMatch<T> {
  const [taskManager] = candidates;
  if (taskManager === undefined) return { kind: 'unknown' };
  return candidates.length === 1
    ? { kind: 'found', taskManager }
    : { kind: 'ambiguous', candidates };
}
