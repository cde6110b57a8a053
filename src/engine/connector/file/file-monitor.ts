/**
 * Looks for new files of an unbounded `filesystem` source, every so often. A file is new when its
 * path is not known; one that has come to its end is known as long as it lies there, so that what
 * is remembered is bounded by the files that a source may have (FILES_MAX of file-listing.ts).
 * As Flink's ContinuousFileSplitEnumerator; unlike Flink, names of files that are gone are dropped.
 * Invariant: over all subtasks and restores, each file is found once.
 */
import type { Timers } from '../../../platform/timers.ts';
import type { StateReader } from '../../state/state-reader.ts';
import type { StateWriter } from '../../state/state-writer.ts';
import type { SourcePlace, SplitDiscovery, SplitReader } from '../contract.ts';
import { ownsSplit } from '../split-assignment.ts';
import type { FoundFile } from './file-listing.ts';

export interface FileMonitorOptions {
  /** All files of the source, in order. */
  readonly list: () => Promise<readonly FoundFile[]>;
  readonly place: SourcePlace;
  readonly intervalMs: number;
  readonly timers: Timers;
  readonly createReader: (file: FoundFile) => SplitReader;
  /** The file needs no reader any more. */
  readonly ended: (path: string) => void;
}

export class FileMonitor implements SplitDiscovery {
  private readonly options: FileMonitorOptions;
  /** Paths of this subtask's files: of those that are read, and of those below. */
  private readonly known = new Set<string>();
  /** Those that have come to their end. */
  private readonly endedPaths = new Set<string>();
  private found: SplitReader[] = [];
  private round: Promise<void> | null = null;
  private endPause: (() => void) | null = null;
  private isClosed = false;

  constructor(options: FileMonitorOptions) {
    this.options = options;
    for (const discovery of options.place.restored?.discoveries ?? []) this.restore(discovery);
  }

  /** These are read already, from a snapshot. */
  addKnown(paths: readonly string[]): void {
    for (const path of paths) this.known.add(path);
  }

  /** Finds what is new now. */
  async look(): Promise<void> {
    const { list, place, createReader } = this.options;
    const files = await list();
    if (this.isClosed) return;
    const paths = new Set(files.map(({ path }) => path));
    for (const path of this.endedPaths) {
      if (paths.has(path)) continue;
      this.endedPaths.delete(path);
      this.known.delete(path);
    }
    for (const file of files) {
      if (this.known.has(file.path) || !ownsSplit(file.path, place)) continue;
      this.known.add(file.path);
      this.found.push(createReader(file));
    }
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

  markEnded(path: string): void {
    this.endedPaths.add(path);
    this.options.ended(path);
  }

  /** What was found and not taken is found again. */
  snapshotState(writer: StateWriter): void {
    writer.uint32(this.endedPaths.size);
    for (const path of this.endedPaths) writer.text(path);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.endPause?.();
    for (const reader of this.take()) await reader.close();
  }

  private restore(reader: StateReader): void {
    const count = reader.uint32();
    for (let index = 0; index < count; index++) {
      const path = reader.text();
      if (!ownsSplit(path, this.options.place)) continue;
      this.known.add(path);
      this.endedPaths.add(path);
    }
  }

  private async lookUntilFound(): Promise<void> {
    while (this.found.length === 0 && !this.isClosed) {
      await this.pause();
      if (!this.isClosed) await this.look();
    }
    this.round = null;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.options.timers.after(this.options.intervalMs, () => {
        this.endPause?.();
      });
      this.endPause = () => {
        timer.cancel();
        this.endPause = null;
        resolve();
      };
    });
  }
}
