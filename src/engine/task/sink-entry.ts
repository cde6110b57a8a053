/** A sink of a subtask and what its rows are counted in; what is done with all of them at once. */
import type { Sink } from '../connector/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';

export interface SinkEntry {
  readonly uid: string;
  readonly sink: Sink;
  readonly counters: NodeCounters;
}

/** Begun for all at once: it is what they have just named that becomes durable. */
export async function durableOf(sinks: readonly SinkEntry[]): Promise<void> {
  await Promise.all(sinks.flatMap(({ sink }) => sink.recovery?.durable() ?? []));
}

/** Passes on what is in the buffers of all; false: somebody's output is closed. */
export async function flushed(sinks: readonly SinkEntry[]): Promise<boolean> {
  let isOpen = true;
  for (const { sink } of sinks) if (!(await sink.flush())) isOpen = false;
  return isOpen;
}
