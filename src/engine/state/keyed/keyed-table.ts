/**
 * What the tables of keyed state share: the life times of their values and the way into snapshots.
 * A key is a dense id; who gives the ids asks `markKeys` before it takes one back.
 */
import { corruptState } from '../corrupt-state.ts';
import type { StateReader } from '../state-reader.ts';
import type { StateWriter } from '../state-writer.ts';
import { BackgroundCleanup, type ExpiringTable } from '../ttl/background-cleanup.ts';
import { decideTtl, type TtlDecision, type TtlEvent } from '../ttl/decide-ttl.ts';
import type { TtlConfiguration } from '../ttl/ttl-configuration.ts';

export type TableKind = 'value' | 'list' | 'map';

/** Stands for the time of a value that has no life time. */
export const NO_STAMP = -Infinity;

export abstract class KeyedTable implements ExpiringTable {
  abstract readonly kind: TableKind;
  protected ttl: TtlConfiguration | null = null;
  protected cleanup: BackgroundCleanup | null = null;
  private nowMs: () => number = () => NO_STAMP;

  /** Called once, before any access. Values that were restored without a life time start now. */
  configure(ttl: TtlConfiguration | null, nowMs: () => number): void {
    if (ttl === null) return;
    this.ttl = ttl;
    this.nowMs = nowMs;
    this.cleanup = new BackgroundCleanup(this, ttl, nowMs);
    this.stampAll(nowMs());
  }

  /** A row was processed, whatever it did with this state. */
  afterRow(): void {
    this.cleanup?.afterRow();
  }

  abstract get keyLimit(): number;
  abstract dropExpired(key: number, nowMs: number, event: TtlEvent): number;
  abstract markKeys(used: Uint8Array): void;
  abstract remove(key: number): void;
  /** Writes the values, with their times when there is a life time. */
  abstract snapshotState(writer: StateWriter): void;
  /** Into an empty table that is not configured yet. All keys are below `idLimit`. */
  abstract restoreState(reader: StateReader, idLimit: number): void;
  /** Gives every value without a time this one. */
  protected abstract stampAll(nowMs: number): void;

  /** The time for values that are accessed now; NO_STAMP without a life time. */
  protected now(): number {
    return this.ttl === null ? NO_STAMP : this.nowMs();
  }

  protected decide(event: TtlEvent, stampMs: number, nowMs: number): TtlDecision | null {
    return this.ttl === null ? null : decideTtl(this.ttl, event, stampMs, nowMs);
  }

  protected readKey(reader: StateReader, idLimit: number): number {
    const key = reader.uint32();
    if (key >= idLimit) throw corruptState('it holds values of a key that is not there');
    return key;
  }

  protected isLeftOut(stampMs: number, nowMs: number): boolean {
    return this.decide('snapshot', stampMs, nowMs)?.next === 'drop';
  }
}
