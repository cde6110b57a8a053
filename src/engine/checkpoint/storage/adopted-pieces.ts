/**
 * What a run may use of the pieces of a snapshot it starts from: refer to them where they lie
 * (CLAIM, in the same checkpoint directory), or copy them at their first use (all else), so that
 * what was restored can be deleted once the first checkpoint of the run is complete.
 */
import { basename, dirname } from 'node:path';
import type { FilePlace, Manifest, ManifestFile } from './manifest.ts';
import type { PieceFile, PieceReference } from './piece-register.ts';
import { jobFolderOf, pathOfFile } from './snapshot-layout.ts';

export interface Adoption {
  readonly location: string;
  /** CLAIM: ours, to be deleted when it is not needed any more. */
  readonly isOwned: boolean;
}

/** `jobFolder`: of the job that adopts. */
export function adoptedPieces(
  manifest: Manifest,
  { location, isOwned }: Adoption,
  jobFolder: string,
): readonly PieceReference[] {
  const pieceFiles = manifest.files.map((file): PieceFile => {
    const { place, name, sizeBytes, crc32 } = file;
    const path = pathOfFile(location, file);
    const isShared = place.kind === 'shared';
    const newPlace = isOwned ? placeSeenFrom(jobFolder, location, file) : null;
    // What lies in the snapshot's own folder goes with that folder.
    return { path, place: newPlace, name, sizeBytes, crc32, isOwned: isOwned && isShared };
  });
  const references: PieceReference[] = [];
  for (const { uid, subtasks } of manifest.operators) {
    for (const { head, file, ...range } of subtasks.flatMap(({ parts }) => parts)) {
      const pieceFile = pieceFiles[file];
      if (head.kind !== 'piece' || pieceFile === undefined) continue;
      const { offset, sizeBytes, crc32 } = range;
      const piece = { file: pieceFile, offset, sizeBytes, crc32 };
      references.push({ uid, id: head.id, piece });
    }
  }
  return references;
}

/** How a manifest of the job in `jobFolder` names a file of the snapshot; null: it cannot. */
function placeSeenFrom(
  jobFolder: string,
  location: string,
  { place }: ManifestFile,
): FilePlace | null {
  const oldJobFolder = jobFolderOf(location);
  if (place.kind === 'own' || oldJobFolder === null) return null;
  // Only names below one directory stay right when that directory is moved.
  if (dirname(oldJobFolder) !== dirname(jobFolder)) return null;
  const owner = place.jobId ?? basename(oldJobFolder);
  return { kind: 'shared', jobId: owner === basename(jobFolder) ? null : owner };
}
