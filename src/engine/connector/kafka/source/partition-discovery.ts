/**
 * Looks for partitions that were not there before, every so often, of a source that never ends.
 * What is found starts at its beginning, as in Flink: its first records were written while the job
 * ran. Partitions are never taken away.
 */
import type { StateWriter } from '../../../state/state-writer.ts';
import type { SplitDiscovery, SplitReader } from '../../contract.ts';
import type { CancellablePauses } from '../cancellable-pause.ts';

export interface PartitionDiscoveryOptions {
  /** Null: only what is there at the start. */
  readonly intervalMs: number | null;
  readonly pauses: CancellablePauses;
  /** Readers of the partitions that are new by now. */
  readonly find: () => Promise<readonly SplitReader[]>;
}

export class PartitionDiscovery implements SplitDiscovery {
  private readonly options: PartitionDiscoveryOptions;
  private found: SplitReader[] = [];
  private round: Promise<void> | null = null;
  private isClosed = false;

  constructor(options: PartitionDiscoveryOptions) {
    this.options = options;
  }

  take(): readonly SplitReader[] {
    const taken = this.found;
    this.found = [];
    return taken;
  }

  ready(): Promise<void> {
    this.round ??= this.lookUntilFound();
    return this.round;
  }

  /** Partitions of a source that never ends do not end. */
  markEnded(): void {}

  /** What there is to know are the names of the splits. */
  snapshotState(_writer: StateWriter): void {}

  async close(): Promise<void> {
    this.isClosed = true;
    for (const reader of this.take()) await reader.close();
  }

  private async lookUntilFound(): Promise<void> {
    const { intervalMs, pauses, find } = this.options;
    while (this.found.length === 0 && !this.isClosed) {
      if (intervalMs === null) return new Promise(() => {});
      await pauses.wait(intervalMs);
      if (this.isClosed) break;
      this.found.push(...(await find()));
    }
    this.round = null;
  }
}
