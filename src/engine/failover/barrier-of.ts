/** The barrier that a trigger puts behind the rows of the sources. */
import type { CheckpointBarrier } from '../channel/contract.ts';
import type { Alignment, TriggerEffect } from '../checkpoint/coordinator-events.ts';

export function barrierOf(
  { checkpointId, snapshot, alignment }: TriggerEffect,
  triggeredAtMs: number,
): CheckpointBarrier {
  return {
    checkpointId,
    isSavepoint: snapshot === 'savepoint',
    triggeredAtMs,
    isExactlyOnce: alignment.kind !== 'none',
    alignedTimeoutMs: alignedTimeoutMs(alignment),
  };
}

function alignedTimeoutMs(alignment: Alignment): number {
  switch (alignment.kind) {
    case 'none':
    case 'aligned':
      return Infinity;
    case 'unaligned':
      return 0;
    case 'aligned-until':
      return alignment.timeoutMs;
  }
}
