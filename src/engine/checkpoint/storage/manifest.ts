/**
 * The manifest of a snapshot: what it holds and in which bytes of which files that lies. Its
 * parts and files are those of one complete snapshot; a folder without one is not a snapshot.
 */
import type { KeyGroupRange } from '../../state/key-groups.ts';
import type { StatePart } from '../../state/state-part.ts';
import type { StateSchema } from '../../state/state-schema.ts';
import type { SnapshotKind } from '../job-snapshot.ts';

/** A part without its bytes. */
export type PartHead =
  | { readonly kind: 'key-group'; readonly group: number }
  | { readonly kind: 'list' | 'union-list' | 'broadcast'; readonly name: string }
  | { readonly kind: 'subtask' }
  | { readonly kind: 'input-channel'; readonly input: number; readonly fromSubtask: number }
  | { readonly kind: 'piece'; readonly id: string; readonly keyGroups: KeyGroupRange };

/** Some bytes of a file, and what they must sum up to. */
export interface ByteRange {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly crc32: number;
}

export interface ManifestPart extends ByteRange {
  readonly head: PartHead;
  /** Index among the files of the manifest. */
  readonly file: number;
}

/**
 * Where a file lies, seen from the folder of the snapshot, so that a checkpoint folder can be moved
 * as a whole and a savepoint alone. `shared` of another job: pieces that came with a claim.
 */
export type FilePlace =
  | { readonly kind: 'own' }
  /** `jobId` null: of the job that took the snapshot. */
  | { readonly kind: 'shared'; readonly jobId: string | null };

export interface ManifestFile {
  readonly place: FilePlace;
  readonly name: string;
  readonly sizeBytes: number;
  readonly crc32: number;
}

export interface ManifestSubtask {
  readonly isFinished: boolean;
  readonly parts: readonly ManifestPart[];
}

export interface ManifestOperator {
  readonly uid: string;
  readonly operatorKind: string;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** None in format 1. */
  readonly stateSchema: StateSchema;
  /** One for each, in the order of their index. */
  readonly subtasks: readonly ManifestSubtask[];
}

export interface Manifest {
  readonly dreyVersion: string;
  readonly kind: SnapshotKind;
  readonly checkpointId: number;
  readonly jobId: string;
  readonly jobName: string;
  /** Runs of one pipeline on one folder are counted: with the id, a history without a clock. */
  readonly runNumber: number;
  readonly triggeredAtMs: number;
  readonly completedAtMs: number;
  readonly checkpointedSizeBytes: number;
  readonly stateSizeBytes: number;
  readonly files: readonly ManifestFile[];
  readonly operators: readonly ManifestOperator[];
}

export function headOf(part: StatePart): PartHead {
  switch (part.kind) {
    case 'key-group':
      return { kind: part.kind, group: part.group };
    case 'list':
    case 'union-list':
    case 'broadcast':
      return { kind: part.kind, name: part.name };
    case 'subtask':
      return { kind: part.kind };
    case 'input-channel':
      return { kind: part.kind, input: part.input, fromSubtask: part.fromSubtask };
    case 'piece':
      return { kind: part.kind, id: part.id, keyGroups: part.keyGroups };
  }
}

export function* partsOf(manifest: Manifest): Generator<ManifestPart> {
  for (const { subtasks } of manifest.operators) {
    for (const { parts } of subtasks) yield* parts;
  }
}
