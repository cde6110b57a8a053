/** A sink of a subtask and what its rows are counted in; what is done with all of them at once. */
import type { Sink } from '../connector/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';

export interface SinkEntry {
  readonly uid: string;
  readonly sink: Sink;
  readonly counters: NodeCounters;
}

/** False: what one of them writes to takes nothing any more. */
export async function flushSinks(sinks: readonly SinkEntry[]): Promise<boolean> {
  let isOpen = true;
  for (const { sink } of sinks) if (!(await sink.flush())) isOpen = false;
  return isOpen;
}

/** Begun for all at once: it is what they have just named that becomes durable. */
export async function durableOf(sinks: readonly SinkEntry[]): Promise<void> {
  await Promise.all(sinks.flatMap(({ sink }) => sink.recovery?.durable() ?? []));
}
