/**
 * Which pieces exist, in which files they lie, and who needs them. A file of pieces may go when no
 * complete snapshot that is kept refers to it, and no snapshot being written may come to.
 * Invariant: the register names only pieces of complete snapshots.
 */
import type { ByteRange, FilePlace } from './manifest.ts';

/** A file of pieces. */
export interface PieceFile {
  readonly path: string;
  /** How a manifest of this job names it; null: it cannot, its pieces are copied. */
  readonly place: FilePlace | null;
  readonly name: string;
  readonly sizeBytes: number;
  readonly crc32: number;
  /** Ours to delete. */
  readonly isOwned: boolean;
}

export interface StoredPiece extends ByteRange {
  readonly file: PieceFile;
}

/** A piece as one snapshot refers to it. */
export interface PieceReference {
  readonly uid: string;
  readonly id: string;
  readonly piece: StoredPiece;
}

export interface Hold {
  release(): void;
}

export class PieceRegister {
  private readonly files = new Map<string, PieceFile>();
  /**
   * By operator uid, then by the id of the piece; earliest first. There are several where snapshots
   * that were written at the same time each copied what is not ours.
   */
  private readonly pieces = new Map<string, Map<string, readonly StoredPiece[]>>();
  /** Paths of files, by the location of the snapshot that refers to them. */
  private readonly needs = new Map<string, ReadonlySet<string>>();
  private readonly holds = new Set<ReadonlySet<string>>();

  find(uid: string, id: string): StoredPiece | null {
    return this.pieces.get(uid)?.get(id)?.[0] ?? null;
  }

  /** A snapshot is complete: what it refers to is kept until `release`. */
  retain(location: string, references: readonly PieceReference[]): void {
    const paths = new Set<string>();
    for (const { uid, id, piece } of references) {
      this.files.set(piece.file.path, piece.file);
      paths.add(piece.file.path);
      const ofOperator = this.pieces.get(uid) ?? new Map<string, readonly StoredPiece[]>();
      const known = ofOperator.get(id) ?? [];
      if (!known.some(({ file }) => file.path === piece.file.path)) {
        ofOperator.set(id, [...known, piece]);
      }
      this.pieces.set(uid, ofOperator);
    }
    this.needs.set(location, paths);
  }

  release(location: string): void {
    this.needs.delete(location);
  }

  /** All that is there now stays until the hold is released: for a snapshot that is being written. */
  hold(): Hold {
    const held = new Set(this.files.keys());
    this.holds.add(held);
    return { release: () => void this.holds.delete(held) };
  }

  /** Forgets the files that nobody needs, and names those among them that are ours to delete. */
  takeUnneeded(): readonly PieceFile[] {
    const needed = [...this.needs.values(), ...this.holds];
    const unneeded = [...this.files.values()].filter(
      ({ path }) => !needed.some((paths) => paths.has(path)),
    );
    for (const { path } of unneeded) this.files.delete(path);
    for (const [uid, ofOperator] of this.pieces) {
      for (const [id, known] of ofOperator) {
        const left = known.filter(({ file }) => this.files.has(file.path));
        if (left.length === 0) ofOperator.delete(id);
        else if (left.length < known.length) ofOperator.set(id, left);
      }
      if (ofOperator.size === 0) this.pieces.delete(uid);
    }
    return unneeded.filter(({ isOwned }) => isOwned);
  }
}
