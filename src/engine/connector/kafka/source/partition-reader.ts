/**
 * Reads one partition: the SplitReader behind a Kafka source. Decides when there is something to
 * decode, when the partition is at its end, and what a snapshot needs to go on there.
 * Invariant: `log.position` is behind the last record that was polled or reported.
 */
import type { Batch } from '../../../batch/batch.ts';
import type { StateReader } from '../../../state/state-reader.ts';
import type { StateWriter } from '../../../state/state-writer.ts';
import type { PollResult, SplitReader } from '../../contract.ts';
import type { PartitionLog } from './partition-log.ts';
import type { RunDecoder } from './run-decoder.ts';
import type { RunFiller } from './run-filler.ts';

/** What the readers of a source share. */
export interface PartitionSurroundings {
  readonly filler: RunFiller;
  readonly decoder: RunDecoder;
  /** What made the source fail; null: nothing has. */
  readonly failure: () => Error | null;
  /** Called before the first poll of any reader has an effect. */
  readonly start: () => void;
  /** The log has given up some of what it held. */
  readonly drained: (log: PartitionLog) => void;
  readonly ended: (log: PartitionLog) => void;
}

export class PartitionReader implements SplitReader {
  readonly name: string;
  readonly log: PartitionLog;
  private readonly around: PartitionSurroundings;
  private readonly waiting: { resolve: () => void; reject: (failure: unknown) => void }[] = [];
  private isEnded = false;

  constructor(log: PartitionLog, around: PartitionSurroundings) {
    this.name = log.name;
    this.log = log;
    this.around = around;
  }

  poll(batch: Batch): PollResult {
    const { log, around } = this;
    if (this.isEnded) return 'ended';
    around.start();
    const failure = around.failure();
    if (failure !== null) throw failure;
    const bufferedBytes = log.bufferedBytes;
    while (batch.rowCount === 0 && !log.isAtStop) {
      const run = around.filler.fill(log);
      if (run.count > 0) around.decoder.decode({ run, log }, around.filler, batch);
      else if (log.isDrained) break;
    }
    if (log.bufferedBytes < bufferedBytes) around.drained(log);
    if (batch.rowCount > 0) return 'rows';
    if (!log.isAtStop) return 'waiting';
    this.isEnded = true;
    around.ended(log);
    return 'ended';
  }

  ready(): Promise<void> {
    const failure = this.around.failure();
    const isReady = failure !== null || !this.log.isDrained || this.log.isAtStop || this.isEnded;
    // The failure is told by the poll.
    if (isReady) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
  }

  /** `failure` null: a poll is worth repeating. */
  wake(failure: unknown): void {
    for (const { resolve, reject } of this.waiting.splice(0)) {
      if (failure === null) resolve();
      else reject(failure);
    }
  }

  snapshotState(writer: StateWriter): void {
    const { position, stopOffset, leaderEpoch } = this.log;
    writer.float64(position);
    writer.boolean(stopOffset !== null);
    if (stopOffset !== null) writer.float64(stopOffset);
    writer.float64(leaderEpoch);
  }

  restoreState(reader: StateReader): void {
    const position = reader.float64();
    const stopOffset = reader.boolean() ? reader.float64() : null;
    this.log.start(position, stopOffset);
    this.log.leaderEpoch = reader.float64();
  }

  close(): Promise<void> {
    this.isEnded = true;
    this.log.clear();
    this.wake(null);
    return Promise.resolve();
  }
}
