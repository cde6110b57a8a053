/**
 * What becomes of one value at one event: is it seen, and does it stay. A value of a list and an
 * entry of a map are values of their own, as in Flink.
 */
import type { TtlConfiguration } from './ttl-configuration.ts';

/** Who looks at the value: a call of the function, or one of the ways to clean up. */
export type TtlEvent = 'read' | 'write' | 'snapshot' | 'incremental' | 'compaction';

export interface TtlDecision {
  /** The reader gets the value. False where nobody reads. */
  readonly isVisible: boolean;
  /** `restamp`: its life starts anew now. `drop` at a snapshot: it is left out of that alone. */
  readonly next: 'keep' | 'restamp' | 'drop';
}

const kept: TtlDecision = { isVisible: false, next: 'keep' };
const dropped: TtlDecision = { isVisible: false, next: 'drop' };
const written: TtlDecision = { isVisible: false, next: 'restamp' };
const seen: TtlDecision = { isVisible: true, next: 'keep' };
const seenAnew: TtlDecision = { isVisible: true, next: 'restamp' };
const seenOnce: TtlDecision = { isVisible: true, next: 'drop' };

/**
 * @param stampMs when the life of the value started
 */
export function decideTtl(
  ttl: TtlConfiguration,
  event: TtlEvent,
  stampMs: number,
  nowMs: number,
): TtlDecision {
  if (event === 'write') return written;
  // As Flink: a value has expired at the very millisecond at which its time is over.
  const hasExpired = stampMs + ttl.ttlMs <= nowMs;
  switch (event) {
    case 'read':
      if (hasExpired) return ttl.returnsExpired ? seenOnce : dropped;
      return ttl.readsRestamp ? seenAnew : seen;
    case 'snapshot':
      return hasExpired && ttl.leavesOutOfSnapshots ? dropped : kept;
    case 'incremental':
      return hasExpired && ttl.incremental !== null ? dropped : kept;
    case 'compaction':
      return hasExpired && ttl.compaction !== null ? dropped : kept;
  }
}
