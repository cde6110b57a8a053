/**
 * Tells a consumer group how far a source has come, so that others see its lag. The job itself
 * never needs it: what fails is a warning, said once, and the next commit says it all again.
 */
import { errorCodes } from '../../../../errors/codes.ts';
import { EngineError } from '../../../../errors/drey-error.ts';
import type { GroupOffset, KafkaClient } from '../../../../platform/kafka.ts';
import type { CancellablePauses } from '../cancellable-pause.ts';

/** Checkpoints under way whose offsets are kept; of older ones a later one says more. */
const CHECKPOINTS_MAX = 100;

export interface OffsetCommitsOptions {
  /** Name of the source node. */
  readonly source: string;
  readonly client: KafkaClient;
  readonly group: string;
  readonly pauses: CancellablePauses;
  /** Of all partitions of this subtask, as they are now. */
  readonly offsets: () => readonly GroupOffset[];
  readonly warn: (reason: EngineError) => void;
}

export class OffsetCommits {
  private readonly options: OffsetCommitsOptions;
  /** By checkpoint, oldest first. */
  private readonly taken = new Map<number, readonly GroupOffset[]>();
  /** To be sent once the last commit has been answered. */
  private next: readonly GroupOffset[] | null = null;
  private isSending = false;
  private hasWarned = false;
  private isClosed = false;

  constructor(options: OffsetCommitsOptions) {
    this.options = options;
  }

  snapshotTaken(checkpointId: number): void {
    this.taken.set(checkpointId, this.options.offsets());
    const [oldest] = this.taken.keys();
    if (this.taken.size > CHECKPOINTS_MAX && oldest !== undefined) this.taken.delete(oldest);
  }

  commitUpTo(checkpointId: number): void {
    let newest: readonly GroupOffset[] | null = null;
    for (const [id, offsets] of this.taken) {
      if (id > checkpointId) continue;
      newest = offsets;
      this.taken.delete(id);
    }
    if (newest !== null) this.commit(newest);
  }

  /** Commits every so often, as Kafka's `enable.auto.commit`. */
  async commitEvery(intervalMs: number): Promise<void> {
    for (;;) {
      await this.options.pauses.wait(intervalMs);
      if (this.isClosed) return;
      this.commit(this.options.offsets());
    }
  }

  close(): void {
    this.isClosed = true;
    this.taken.clear();
    this.next = null;
  }

  private commit(offsets: readonly GroupOffset[]): void {
    this.next = offsets;
    if (!this.isSending) void this.send();
  }

  private async send(): Promise<void> {
    const { client, group } = this.options;
    this.isSending = true;
    while (this.next !== null && this.next.length > 0 && !this.isClosed) {
      const offsets = this.next;
      this.next = null;
      try {
        await client.commitOffsets(group, offsets);
      } catch (cause) {
        this.warnOnce(cause);
      }
    }
    this.isSending = false;
  }

  private warnOnce(cause: unknown): void {
    if (this.hasWarned || this.isClosed) return;
    this.hasWarned = true;
    const { source, group, warn } = this.options;
    const why = cause instanceof Error ? cause.message : String(cause);
    warn(
      new EngineError(
        'DREY_KAFKA_COMMIT_FAILED',
        `source ${source}: offsets were not committed to the group ${group}: ${why}`,
        { hint: errorCodes.DREY_KAFKA_COMMIT_FAILED.next, details: { source, group }, cause },
      ),
    );
  }
}
