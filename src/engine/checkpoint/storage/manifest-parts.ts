/**
 * Collects the parts of a snapshot while they are written, and puts them in order at its end: by
 * operator and subtask, with the list of the files they lie in.
 */
import { join } from 'node:path';
import { assert } from '../../../errors/assert.ts';
import type { OperatorHeader } from '../snapshot-storage.ts';
import type { WrittenFile, WrittenPart } from './file-series.ts';
import type { ManifestFile, ManifestOperator, ManifestPart, PartHead } from './manifest.ts';
import type { PieceFile, PieceReference, StoredPiece } from './piece-register.ts';

export interface PartOwner {
  readonly uid: string;
  readonly subtask: number;
  readonly head: PartHead;
}

interface NewPiece {
  readonly uid: string;
  readonly id: string;
  readonly at: WrittenPart;
}

/** Where the bytes of a part went. */
type Target =
  | { readonly kind: 'own' | 'shared'; readonly at: WrittenPart }
  | { readonly kind: 'earlier'; readonly piece: StoredPiece };

interface SubtaskParts {
  isFinished: boolean;
  readonly parts: { readonly head: PartHead; readonly target: Target }[];
}

/** Files in which the parts lie, as far as this snapshot wrote them. */
export interface NewFiles {
  readonly own: readonly WrittenFile[];
  readonly shared: readonly WrittenFile[];
}

export interface ManifestContent {
  readonly files: readonly ManifestFile[];
  readonly operators: readonly ManifestOperator[];
  readonly stateSizeBytes: number;
}

export class ManifestParts {
  private readonly operators = new Map<string, Map<number, SubtaskParts>>();
  private readonly newPieces: NewPiece[] = [];
  private readonly earlier: PieceReference[] = [];

  addOwn(owner: PartOwner, at: WrittenPart): void {
    this.add(owner, { kind: 'own', at });
  }

  addShared(owner: PartOwner, id: string, at: WrittenPart): void {
    this.newPieces.push({ uid: owner.uid, id, at });
    this.add(owner, { kind: 'shared', at });
  }

  addReference(owner: PartOwner, id: string, piece: StoredPiece): void {
    this.earlier.push({ uid: owner.uid, id, piece });
    this.add(owner, { kind: 'earlier', piece });
  }

  markFinished(uid: string, subtask: number): void {
    this.subtask(uid, subtask).isFinished = true;
  }

  finish(headers: readonly OperatorHeader[], written: NewFiles): ManifestContent {
    const files = new FileList(written);
    const known = new Set(headers.map(({ uid }) => uid));
    assert(known.size === headers.length, 'an operator is named once in a snapshot');
    for (const [uid, subtasks] of this.operators) {
      assert(known.has(uid), 'what was added belongs to an operator that is named at the end');
      const parallelism = headers.find((header) => header.uid === uid)?.parallelism ?? 0;
      for (const subtask of subtasks.keys()) {
        assert(subtask >= 0 && subtask < parallelism, 'a part belongs to a subtask that there is');
      }
    }
    const operators = headers.map((header): ManifestOperator => {
      const { uid, operatorKind, parallelism, maxParallelism, stateSchema } = header;
      const subtasks = Array.from({ length: parallelism }, (_, subtask) => {
        const found = this.operators.get(uid)?.get(subtask);
        const parts = (found?.parts ?? []).map(({ head, target }) => files.partAt(head, target));
        return { isFinished: found?.isFinished ?? false, parts };
      });
      return { uid, operatorKind, parallelism, maxParallelism, stateSchema, subtasks };
    });
    const stateSizeBytes = operators
      .flatMap(({ subtasks }) => subtasks.flatMap(({ parts }) => parts))
      .reduce((sum, part) => sum + part.sizeBytes, 0);
    return { files: files.all, operators, stateSizeBytes };
  }

  /** All pieces that lie in files that later checkpoints may refer to. */
  references(
    sharedFolder: string | null,
    shared: readonly WrittenFile[],
  ): readonly PieceReference[] {
    if (sharedFolder === null) return [];
    const files = shared.map((file): PieceFile => ({
      ...file,
      path: join(sharedFolder, file.name),
      place: { kind: 'shared', jobId: null },
      isOwned: true,
    }));
    const written = this.newPieces.map(({ uid, id, at }): PieceReference => {
      const file = files[at.file];
      assert(file !== undefined, 'a piece lies in a file of its snapshot');
      const { offset, sizeBytes, crc32 } = at;
      return { uid, id, piece: { file, offset, sizeBytes, crc32 } };
    });
    return [...this.earlier, ...written];
  }

  private add({ uid, subtask, head }: PartOwner, target: Target): void {
    this.subtask(uid, subtask).parts.push({ head, target });
  }

  private subtask(uid: string, subtask: number): SubtaskParts {
    const subtasks = this.operators.get(uid) ?? new Map<number, SubtaskParts>();
    this.operators.set(uid, subtasks);
    const parts = subtasks.get(subtask) ?? { isFinished: false, parts: [] };
    subtasks.set(subtask, parts);
    return parts;
  }
}

/** The files of a manifest: those it wrote, then those of earlier checkpoints as they come up. */
class FileList {
  readonly all: ManifestFile[];
  private readonly ownCount: number;
  private readonly earlierIndex = new Map<string, number>();

  constructor({ own, shared }: NewFiles) {
    this.ownCount = own.length;
    this.all = [
      ...own.map((file) => ({ ...file, place: { kind: 'own' } as const })),
      ...shared.map((file) => ({ ...file, place: { kind: 'shared', jobId: null } as const })),
    ];
  }

  partAt(head: PartHead, target: Target): ManifestPart {
    switch (target.kind) {
      case 'own':
        return { head, ...target.at };
      case 'shared':
        return { head, ...target.at, file: this.ownCount + target.at.file };
      case 'earlier': {
        const { offset, sizeBytes, crc32, file } = target.piece;
        return { head, file: this.indexOf(file), offset, sizeBytes, crc32 };
      }
    }
  }

  private indexOf({ path, place, name, sizeBytes, crc32 }: PieceFile): number {
    const known = this.earlierIndex.get(path);
    if (known !== undefined) return known;
    assert(place !== null, 'a manifest refers to files that it can name');
    this.earlierIndex.set(path, this.all.length);
    return this.all.push({ place, name, sizeBytes, crc32 }) - 1;
  }
}
