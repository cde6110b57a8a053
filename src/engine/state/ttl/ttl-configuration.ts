/** A StateTtl with its defaults filled in, and the check of what a function's author wrote. */
import type { StateTtl } from './state-ttl.ts';

/** As Flink: cleanupIncrementally without arguments of its own. */
const INCREMENTAL_KEYS = 5;
/** As Flink: cleanupInRocksdbCompactFilter. */
const QUERY_TIME_AFTER_ENTRIES = 1_000;

export interface TtlConfiguration {
  readonly ttlMs: number;
  readonly readsRestamp: boolean;
  readonly returnsExpired: boolean;
  readonly leavesOutOfSnapshots: boolean;
  readonly incremental: { readonly keys: number; readonly perRow: boolean } | null;
  readonly compaction: { readonly queryTimeAfterEntries: number } | null;
}

/** The configuration, or a sentence about what is wrong with it. */
export function ttlConfiguration(ttl: StateTtl): TtlConfiguration | string {
  const { ttlMs, update = 'onCreateAndWrite', visibility = 'neverReturnExpired' } = ttl;
  const cleanup = ttl.cleanup ?? { incremental: {} };
  const { fullSnapshot = false, incremental, compaction } = cleanup;
  if (!isWholeFrom1(ttlMs)) return 'ttl.ttlMs is a whole number of milliseconds of at least 1';
  if (update !== 'onCreateAndWrite' && update !== 'onReadAndWrite') {
    return "ttl.update is 'onCreateAndWrite' or 'onReadAndWrite'";
  }
  if (visibility !== 'neverReturnExpired' && visibility !== 'returnExpiredIfNotCleanedUp') {
    return "ttl.visibility is 'neverReturnExpired' or 'returnExpiredIfNotCleanedUp'";
  }
  const { keys = INCREMENTAL_KEYS, perRow = false } = incremental ?? {};
  if (!isWholeFrom1(keys)) return 'ttl.cleanup.incremental.keys is a whole number of at least 1';
  const { queryTimeAfterEntries = QUERY_TIME_AFTER_ENTRIES } = compaction ?? {};
  if (!isWholeFrom1(queryTimeAfterEntries)) {
    return 'ttl.cleanup.compaction.queryTimeAfterEntries is a whole number of at least 1';
  }
  return {
    ttlMs,
    readsRestamp: update === 'onReadAndWrite',
    returnsExpired: visibility === 'returnExpiredIfNotCleanedUp',
    leavesOutOfSnapshots: fullSnapshot,
    incremental: incremental === undefined ? null : { keys, perRow },
    compaction: compaction === undefined ? null : { queryTimeAfterEntries },
  };
}

function isWholeFrom1(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
