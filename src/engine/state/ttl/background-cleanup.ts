/**
 * When a state looks for expired values that nobody reads, and at which: some keys after each
 * access, or all of them after as many writes as there were keys, a few with each write.
 */
import type { TtlEvent } from './decide-ttl.ts';
import type { TtlConfiguration } from './ttl-configuration.ts';

/** A table of states by key id; the part that is needed here. */
export interface ExpiringTable {
  /** All keys with a value are below this. */
  readonly keyLimit: number;
  /** Drops what of this key has expired. Returns the number of values looked at. */
  dropExpired(key: number, nowMs: number, event: TtlEvent): number;
}

/** A pass over fewer keys than this is not worth its while. */
const COMPACTION_MIN_WRITES = 1_024;
/** Keys of a pass that one write looks at; more than one, so that a pass ends before the next. */
const COMPACTION_KEYS = 16;

export class BackgroundCleanup {
  private readonly table: ExpiringTable;
  private readonly ttl: TtlConfiguration;
  private readonly nowMs: () => number;
  private nextKey = 0;
  private writes = 0;
  private keysAtLastPass = 0;
  /** The pass that runs: its next key, the end of its keys, its time, values since it was asked. */
  private passKey = 0;
  private passEnd = 0;
  private passMs = 0;
  private passEntries = 0;

  constructor(table: ExpiringTable, ttl: TtlConfiguration, nowMs: () => number) {
    this.table = table;
    this.ttl = ttl;
    this.nowMs = nowMs;
  }

  afterAccess(nowMs: number): void {
    if (this.ttl.incremental !== null) this.lookAt(this.ttl.incremental.keys, nowMs);
  }

  afterRow(): void {
    const { incremental } = this.ttl;
    if (incremental?.perRow === true) this.lookAt(incremental.keys, this.nowMs());
  }

  afterWrite(): void {
    const { compaction } = this.ttl;
    if (compaction === null) return;
    this.compact(compaction.queryTimeAfterEntries);
    if (++this.writes < Math.max(COMPACTION_MIN_WRITES, this.keysAtLastPass)) return;
    this.writes = 0;
    this.keysAtLastPass = this.table.keyLimit;
    this.passKey = 0;
    this.passEnd = this.table.keyLimit;
    this.passMs = this.nowMs();
    this.passEntries = 0;
  }

  private lookAt(keys: number, nowMs: number): void {
    const { keyLimit } = this.table;
    for (let count = Math.min(keys, keyLimit); count > 0; count--) {
      if (this.nextKey >= keyLimit) this.nextKey = 0;
      this.table.dropExpired(this.nextKey++, nowMs, 'incremental');
    }
  }

  /** Some more keys of the pass that runs, if one does. */
  private compact(queryTimeAfterEntries: number): void {
    const end = Math.min(this.passEnd, this.passKey + COMPACTION_KEYS);
    for (; this.passKey < end; this.passKey++) {
      this.passEntries += this.table.dropExpired(this.passKey, this.passMs, 'compaction');
      if (this.passEntries < queryTimeAfterEntries) continue;
      this.passEntries = 0;
      this.passMs = this.nowMs();
    }
  }
}
