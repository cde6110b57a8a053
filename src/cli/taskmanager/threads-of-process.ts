/**
 * `taskmanager threads`: what the threads of a process do at this moment, one by one or those with
 * the same stack together.
 */
import type { TaskManagerId } from '../../flink/model/identifiers.ts';
import { framesOf, readThread, type ThreadState } from '../../flink/model/thread-text.ts';
import { findDeadlocks } from '../../ops/threads/deadlocks.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { openProcess, type ProcessChoice } from './flink-process.ts';

export interface ThreadsRequest {
  readonly owner: ProcessChoice;
  /** Only threads whose names hold this text, in any case of letters; null: all. */
  readonly name: string | null;
  /** Only threads in this state; null: all. */
  readonly state: string | null;
  /** Those with the same stack together, in place of each by itself. */
  readonly groups: boolean;
}

export interface ThreadGroup {
  readonly state: string | null;
  readonly names: readonly string[];
  readonly stack: readonly string[];
}

export interface ThreadsResult {
  /** Null: of the JobManager. */
  readonly taskManagerId: TaskManagerId | null;
  /** Of all threads of the process, also those that are not shown. */
  readonly total: number;
  readonly states: Readonly<Record<string, number>>;
  /** Circles of threads that wait for each other, by their names. */
  readonly deadlocks: readonly (readonly string[])[];
  /** Those that were asked for; null when they come in groups. */
  readonly threads: readonly ThreadState[] | null;
  /** The largest first. */
  readonly groups: readonly ThreadGroup[] | null;
}

export async function threadsOfProcess(
  session: ClusterSession,
  request: ThreadsRequest,
): Promise<ThreadsResult> {
  const owner = await openProcess(session, request.owner);
  const all = (await owner.threads()).threads.map(readThread);
  const chosen = all.filter((thread) => isWanted(thread, request));
  return {
    taskManagerId: owner.taskManagerId,
    total: all.length,
    states: countStates(all),
    deadlocks: findDeadlocks(all).map((circle) => circle.map(({ name }) => name)),
    threads: request.groups ? null : chosen,
    groups: request.groups ? groupThreads(chosen) : null,
  };
}

const UNKNOWN_STATE = 'UNKNOWN';

function isWanted(thread: ThreadState, { name, state }: ThreadsRequest): boolean {
  if (name !== null && !thread.name.toLowerCase().includes(name.toLowerCase())) return false;
  return state === null || thread.state === state;
}

function countStates(threads: readonly ThreadState[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { state } of threads) {
    counts.set(state ?? UNKNOWN_STATE, (counts.get(state ?? UNKNOWN_STATE) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted(([, left], [, right]) => right - left));
}

/** Threads in one state with the same frames are one group. */
export function groupThreads(threads: readonly ThreadState[]): readonly ThreadGroup[] {
  const groups = new Map<string, ThreadState[]>();
  for (const thread of threads) {
    const key = [thread.state ?? UNKNOWN_STATE, ...framesOf(thread)].join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thread]);
    else group.push(thread);
  }
  return [...groups.values()]
    .toSorted((left, right) => right.length - left.length)
    .map((group) => ({
      state: group[0]?.state ?? null,
      names: group.map(({ name }) => name),
      stack: group[0] === undefined ? [] : framesOf(group[0]),
    }));
}
