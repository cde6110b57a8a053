/**
 * When a state looks for expired values that nobody reads, and at which: some keys after each
 * access, or all of them after as many writes as there were keys.
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

export class BackgroundCleanup {
  private readonly table: ExpiringTable;
  private readonly ttl: TtlConfiguration;
  private readonly nowMs: () => number;
  private nextKey = 0;
  private writes = 0;
  private keysAtLastPass = 0;

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
    if (++this.writes < Math.max(COMPACTION_MIN_WRITES, this.keysAtLastPass)) return;
    this.writes = 0;
    this.keysAtLastPass = this.table.keyLimit;
    this.compact(compaction.queryTimeAfterEntries);
  }

  private lookAt(keys: number, nowMs: number): void {
    const { keyLimit } = this.table;
    for (let count = Math.min(keys, keyLimit); count > 0; count--) {
      if (this.nextKey >= keyLimit) this.nextKey = 0;
      this.table.dropExpired(this.nextKey++, nowMs, 'incremental');
    }
  }

  private compact(queryTimeAfterEntries: number): void {
    let nowMs = this.nowMs();
    let entries = 0;
    for (let key = 0; key < this.table.keyLimit; key++) {
      entries += this.table.dropExpired(key, nowMs, 'compaction');
      if (entries < queryTimeAfterEntries) continue;
      entries = 0;
      nowMs = this.nowMs();
    }
  }
}
