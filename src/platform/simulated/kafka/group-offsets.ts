/**
 * The offsets that groups have committed. Those of a transaction are invisible until its marker
 * comes, and count by the time they were sent: a later plain commit is not undone by it. As
 * Kafka's OffsetMetadataManager for groups without members; no offset is younger than it says, and
 * one that has not been renewed for the retention time is gone.
 */
import type {
  CommittedOffset,
  GroupOffset,
  ProducerIdentity,
  TopicPartition,
} from '../../kafka.ts';
import { Refusal } from './refusal.ts';

interface StoredOffset {
  readonly offset: GroupOffset;
  readonly committedAtMs: number;
  /** Which of two commits came later. */
  readonly sequence: number;
}

interface PendingOffsets {
  readonly epoch: number;
  readonly offsets: Map<string, StoredOffset>;
}

interface Group {
  readonly offsets: Map<string, StoredOffset>;
  /** By producer id. */
  readonly pending: Map<number, PendingOffsets>;
}

/** Kafka's offsets.retention.minutes: 7 days. */
export const OFFSETS_RETENTION_MS = 604_800_000;

/** Kafka's offset.metadata.max.bytes, which counts characters. */
const METADATA_CHARACTERS_MAX = 4096;

export class GroupOffsets {
  private readonly groups = new Map<string, Group>();
  private sequence = 0;

  commit(group: string, offsets: readonly GroupOffset[], nowMs: number): void {
    const stored = this.storedOffsets(group, offsets, nowMs);
    const { offsets: known } = this.groupOf(group);
    for (const [key, offset] of stored) known.set(key, offset);
  }

  /** As part of the producer's open transaction, which `verify` looks at before the first. */
  commitPending(
    group: string,
    producer: ProducerIdentity,
    commit: { readonly offsets: readonly GroupOffset[]; readonly nowMs: number },
    verify: () => void,
  ): void {
    const { producerId, epoch } = producer;
    const stored = this.storedOffsets(group, commit.offsets, commit.nowMs);
    const open = this.groups.get(group)?.pending.get(producerId);
    if (open === undefined) verify();
    else if (epoch < open.epoch) throw new Refusal('INVALID_PRODUCER_EPOCH');
    const offsets = open?.offsets ?? new Map<string, StoredOffset>();
    for (const [key, offset] of stored) offsets.set(key, offset);
    this.groupOf(group).pending.set(producerId, { epoch, offsets });
  }

  /** The transaction's marker has come. */
  complete(group: string, producerId: number, result: 'commit' | 'abort'): void {
    const known = this.groups.get(group);
    const pending = known?.pending.get(producerId);
    if (known === undefined || pending === undefined) return;
    known.pending.delete(producerId);
    if (result === 'abort') return;
    for (const [key, offset] of pending.offsets) {
      if ((known.offsets.get(key)?.sequence ?? -1) < offset.sequence) {
        known.offsets.set(key, offset);
      }
    }
  }

  committed(
    group: string,
    partitions: readonly TopicPartition[] | 'all',
    nowMs: number,
  ): readonly CommittedOffset[] {
    if (group === '') throw new Refusal('INVALID_GROUP_ID');
    this.expire(nowMs);
    const offsets = this.groups.get(group)?.offsets ?? new Map<string, StoredOffset>();
    const found = [...offsets.values()].map(({ offset }) => ({ ...offset, error: null }));
    if (partitions === 'all') return found;
    return partitions.map(({ topic, partition }) => {
      const known = offsets.get(`${topic}-${partition}`);
      const nothing = { topic, partition, offset: null, metadata: '' };
      return { ...(known?.offset ?? nothing), error: null };
    });
  }

  names(nowMs: number): readonly string[] {
    this.expire(nowMs);
    return [...this.groups.keys()];
  }

  /** With a topic go the offsets in it. */
  removeTopic(topic: string): void {
    for (const { offsets, pending } of this.groups.values()) {
      for (const map of [offsets, ...[...pending.values()].map((open) => open.offsets)]) {
        for (const [key, { offset }] of map) if (offset.topic === topic) map.delete(key);
      }
    }
  }

  private expire(nowMs: number): void {
    for (const [name, { offsets, pending }] of this.groups) {
      const isAwaited = (key: string): boolean =>
        [...pending.values()].some((open) => open.offsets.has(key));
      for (const [key, { committedAtMs }] of offsets) {
        if (nowMs - committedAtMs >= OFFSETS_RETENTION_MS && !isAwaited(key)) offsets.delete(key);
      }
      if (offsets.size === 0 && pending.size === 0) this.groups.delete(name);
    }
  }

  private storedOffsets(
    group: string,
    offsets: readonly GroupOffset[],
    nowMs: number,
  ): ReadonlyMap<string, StoredOffset> {
    if (group === '') throw new Refusal('INVALID_GROUP_ID');
    this.expire(nowMs);
    const sequence = this.sequence++;
    return new Map(
      offsets.map((offset) => {
        if (offset.metadata.length > METADATA_CHARACTERS_MAX) {
          throw new Refusal('OFFSET_METADATA_TOO_LARGE');
        }
        const { topic, partition } = offset;
        return [`${topic}-${partition}`, { offset, committedAtMs: nowMs, sequence }];
      }),
    );
  }

  private groupOf(name: string): Group {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const group: Group = { offsets: new Map(), pending: new Map() };
    this.groups.set(name, group);
    return group;
  }
}
