/** Threads that wait for each other in a circle, from who holds what each of them waits for. */
import type { ThreadState } from '../../flink/model/thread-text.ts';

/** Each circle once, in the order of its waiting. */
export function findDeadlocks(
  threads: readonly ThreadState[],
): readonly (readonly ThreadState[])[] {
  const byId = new Map(
    threads.flatMap((thread) =>
      thread.threadId === null ? [] : [[thread.threadId, thread] as const],
    ),
  );
  const done = new Set<ThreadState>();
  const circles: (readonly ThreadState[])[] = [];
  for (const start of threads) {
    const path: ThreadState[] = [];
    let at: ThreadState | undefined = start;
    while (at !== undefined && !done.has(at) && !path.includes(at)) {
      path.push(at);
      at = at.heldBy === null ? undefined : byId.get(at.heldBy.threadId);
    }
    const from = at === undefined ? -1 : path.indexOf(at);
    if (from >= 0) circles.push(path.slice(from));
    for (const thread of path) done.add(thread);
  }
  return circles;
}
