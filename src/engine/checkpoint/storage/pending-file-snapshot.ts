/**
 * A snapshot that is being written into files. Its folder counts from the moment its manifest has
 * its final name, and all else is durable before that moment.
 * Invariant: when `complete` has rejected, the snapshot is either not complete on disk, or complete
 * with all that it refers to; never complete with something missing.
 */
import { dirname, join } from 'node:path';
import { assert } from '../../../errors/assert.ts';
import { DreyError } from '../../../errors/drey-error.ts';
import { crc32 } from '../../../platform/crc32.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Files } from '../../../platform/files.ts';
import type { StatePart } from '../../state/state-part.ts';
import type {
  CompletedSnapshot,
  OperatorHeader,
  PendingSnapshot,
  SnapshotOrder,
} from '../snapshot-storage.ts';
import { writeDurably } from './durable-files.ts';
import type { FileSeries } from './file-series.ts';
import { headOf, type Manifest } from './manifest.ts';
import { encodeManifest } from './manifest-codec.ts';
import { ManifestParts } from './manifest-parts.ts';
import type { PieceReference, PieceRegister } from './piece-register.ts';
import { readRange } from './read-snapshot.ts';
import { invalidateSnapshot, removeSnapshotFiles } from './remove-snapshot.ts';
import { snapshotCorrupt, snapshotGivenUp } from './snapshot-error.ts';
import { MANIFEST_NAME, MANIFEST_NEW_NAME } from './snapshot-layout.ts';

/** Of the job and its run. */
export type SnapshotOrigin = Pick<Manifest, 'dreyVersion' | 'jobId' | 'jobName' | 'runNumber'>;

export interface PendingOptions {
  readonly files: Files;
  readonly clock: Clock;
  readonly order: SnapshotOrder;
  readonly origin: SnapshotOrigin;
  /** Its folder, which is there. */
  readonly location: string;
  /** For pieces that later checkpoints may refer to; null: it stands for itself. */
  readonly sharedFolder: string | null;
  readonly own: FileSeries;
  readonly shared: FileSeries;
  readonly register: PieceRegister;
  /** Throws when this run may not complete anything any more. */
  checkAllowed(): Promise<void>;
  /** Called once, when it is complete or given up. */
  onEnd(outcome: PendingOutcome): Promise<void>;
}

/** `isSettled` false: a given up snapshot may still be there and be complete; it is tried again. */
export type PendingOutcome =
  | { readonly kind: 'complete'; readonly references: readonly PieceReference[] }
  | { readonly kind: 'aborted'; readonly isSettled: boolean };

export class PendingFileSnapshot implements PendingSnapshot {
  private readonly options: PendingOptions;
  private readonly parts = new ManifestParts();
  private state: 'open' | 'completing' | 'ended' = 'open';
  private isGivenUp = false;
  /** Never rejects. */
  private completion: Promise<void> = Promise.resolve();

  constructor(options: PendingOptions) {
    this.options = options;
  }

  async add(uid: string, subtask: number, part: StatePart): Promise<void> {
    // Subtasks write on for a moment after a timeout.
    this.refuseGivenUp();
    assert(this.state === 'open', 'parts are added before a snapshot is completed');
    const head = headOf(part);
    if (part.kind !== 'piece') {
      this.parts.addOwn({ uid, subtask, head }, this.options.own.append(part.bytes));
      await this.options.own.ready();
    } else if (part.bytes !== null) {
      await this.addPiece(uid, subtask, part, part.bytes);
    } else {
      await this.reusePiece(uid, subtask, part);
    }
  }

  markFinished(uid: string, subtask: number): void {
    this.parts.markFinished(uid, subtask);
  }

  complete(operators: readonly OperatorHeader[]): Promise<CompletedSnapshot> {
    assert(this.state === 'open' || this.isGivenUp, 'a snapshot is completed once');
    if (!this.isGivenUp) this.state = 'completing';
    const completion = this.writeAll(operators);
    this.completion = completion.then(
      () => undefined,
      () => undefined,
    );
    return completion;
  }

  async abort(): Promise<void> {
    if (this.isGivenUp || this.hasEnded()) return;
    this.isGivenUp = true;
    const reason = snapshotGivenUp(this.options.location);
    await this.options.own.abandon(reason);
    await this.options.shared.abandon(reason);
    // It may be about to give the manifest its name: what it names must not go at the same time.
    await this.completion;
    if (this.hasEnded()) return;
    const isManifestWritten = this.state === 'completing';
    this.state = 'ended';
    const isSettled = await this.tryRemove(isManifestWritten);
    await this.options.onEnd({ kind: 'aborted', isSettled });
  }

  private async writeAll(operators: readonly OperatorHeader[]): Promise<CompletedSnapshot> {
    this.refuseGivenUp();
    const { files, clock, order, origin, location, own, shared, sharedFolder } = this.options;
    const [ownFiles, sharedFiles] = await Promise.all([own.finish(), shared.finish()]);
    // The bytes are durable, their names are not. The parent has the name of the folder itself.
    const folders = [location, dirname(location)];
    if (sharedFolder !== null && sharedFiles.length > 0) folders.push(sharedFolder);
    // At once: a file system puts syncs that come together into one write of its journal.
    await Promise.all(folders.map((folder) => files.syncFolder(folder)));
    const content = this.parts.finish(operators, { own: ownFiles, shared: sharedFiles });
    const checkpointedSizeBytes = own.sizeBytes + shared.sizeBytes;
    const { stateSizeBytes } = content;
    const completedAtMs = clock.nowMs();
    const { kind, checkpointId, triggeredAtMs } = order;
    const sizes = { checkpointedSizeBytes, stateSizeBytes };
    const header = { ...origin, kind, checkpointId, triggeredAtMs, completedAtMs, ...sizes };
    this.refuseGivenUp();
    await this.writeManifest({ ...header, files: content.files, operators: content.operators });
    this.refuseGivenUp();
    this.state = 'ended';
    const references = this.parts.references(sharedFolder, sharedFiles);
    await this.options.onEnd({ kind: 'complete', references });
    return { kind, checkpointId, location, completedAtMs, ...sizes };
  }

  private async addPiece(
    uid: string,
    subtask: number,
    part: StatePart & { readonly kind: 'piece' },
    bytes: Uint8Array,
  ): Promise<void> {
    const { own, shared, sharedFolder } = this.options;
    const entry = { uid, subtask, head: headOf(part) };
    if (sharedFolder === null) {
      this.parts.addOwn(entry, own.append(bytes));
      await own.ready();
    } else {
      this.parts.addShared(entry, part.id, shared.append(bytes));
      await shared.ready();
    }
  }

  private async reusePiece(
    uid: string,
    subtask: number,
    part: StatePart & { readonly kind: 'piece' },
  ): Promise<void> {
    const piece = this.options.register.find(uid, part.id);
    assert(piece !== null, 'a piece that is used again belongs to a complete checkpoint');
    const { place } = piece.file;
    if (place !== null && this.options.sharedFolder !== null) {
      this.parts.addReference({ uid, subtask, head: headOf(part) }, part.id, piece);
      return;
    }
    // A savepoint stands for itself, and what was restored without a claim is not ours to need.
    const bytes = await readRange(this.options.files, piece.file.path, piece);
    await this.addPiece(uid, subtask, part, bytes);
  }

  private async writeManifest(manifest: Manifest): Promise<void> {
    const { files, location } = this.options;
    const path = join(location, MANIFEST_NAME);
    const bytes = encodeManifest(manifest, path);
    // Asked with the new file in its place: a run that takes over from now on removes it before
    // anything that it names, so that it cannot get its name any more.
    const checkAllowed = (): Promise<void> => this.options.checkAllowed();
    const names = { folder: location, name: MANIFEST_NAME, newName: MANIFEST_NEW_NAME };
    await writeDurably(files, { ...names, checkAllowed }, bytes);
    // Read back by its path: the folder may have been moved or deleted under our hands.
    const found = await files.readAll(path, bytes.length);
    const isSame = found.length === bytes.length && crc32(found) === crc32(bytes);
    if (!isSame) throw snapshotCorrupt(path, 'it reads differently from what was written');
  }

  private hasEnded(): boolean {
    return this.state === 'ended';
  }

  private refuseGivenUp(): void {
    if (this.isGivenUp) throw snapshotGivenUp(this.options.location);
  }

  /** True when nothing is left that could be taken for a complete snapshot. */
  private async tryRemove(isManifestWritten: boolean): Promise<boolean> {
    const { files, location, shared } = this.options;
    try {
      // When this fails the manifest may be durable: then all that it names has to stay.
      if (isManifestWritten) await invalidateSnapshot(files, location);
    } catch (error) {
      if (error instanceof DreyError) return false;
      throw error;
    }
    try {
      for (const path of shared.paths) await files.remove(path);
      await removeSnapshotFiles(files, location);
    } catch (error) {
      // What is left is in nobody's way and goes with the next start.
      if (!(error instanceof DreyError)) throw error;
    }
    return true;
  }
}
