/** `savepoint show` and `checkpoint show` of a path: what a snapshot holds, all of it verified. */
import { dirname } from 'node:path';
import { describeSnapshot, type SnapshotDescription } from '../../engine/snapshots.ts';
import { errorCodes } from '../../errors/codes.ts';
import { RefusedError, UsageError } from '../../errors/drey-error.ts';
import {
  bytesCell,
  countCell,
  durationCell,
  textCell,
  timeCell,
  type Field,
  type View,
} from '../../output/view.ts';
import type { Platform } from '../../platform/platform.ts';
import { readFolderStatistics } from './folder-statistics.ts';
import { findInFolder, type FoundInFolder } from './listed-snapshots.ts';
import { statusMood } from './status-mood.ts';

export interface ShownOperator {
  readonly uid: string;
  readonly kind: string;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly finishedSubtasks: number;
  readonly stateSizeBytes: number;
}

export interface ShownSnapshot {
  readonly id: number;
  readonly status: 'COMPLETED' | 'BROKEN';
  readonly isSavepoint: boolean;
  readonly jobId: string;
  readonly jobName: string;
  readonly triggeredAtMs: number;
  readonly completedAtMs: number;
  readonly durationMs: number | null;
  readonly sizeBytes: number;
  readonly stateSizeBytes: number;
  readonly files: number;
  readonly dreyVersion: string;
  readonly location: string;
  /** `deep`: every byte has been read and fits its checksum. */
  readonly verification: 'none' | 'deep';
  readonly problem: string | null;
  readonly operators: readonly ShownOperator[];
}

/** Throws when it holds no manifest that can be read. */
async function showSnapshot(
  { files }: Pick<Platform, 'files'>,
  path: string,
): Promise<ShownSnapshot> {
  const description = await describeSnapshot(files, path);
  const { location, manifest, problem, fileCount, operators } = description;
  const { checkpointId, jobId, jobName, dreyVersion } = manifest;
  return {
    id: checkpointId,
    status: problem === null ? 'COMPLETED' : 'BROKEN',
    isSavepoint: manifest.kind === 'savepoint',
    jobId,
    jobName,
    triggeredAtMs: manifest.triggeredAtMs,
    completedAtMs: manifest.completedAtMs,
    durationMs: await durationOf({ files }, description),
    sizeBytes: manifest.checkpointedSizeBytes,
    stateSizeBytes: manifest.stateSizeBytes,
    files: fileCount,
    dreyVersion,
    location,
    verification: problem === null ? 'deep' : 'none',
    problem: problem?.message ?? null,
    operators: operators.map(({ operatorKind, ...operator }) => ({
      ...operator,
      kind: operatorKind,
    })),
  };
}

/** Exit status for a snapshot that is not as it was written, as of a VerificationError. */
const BROKEN_EXIT = 12;

export function exitOf({ problem }: ShownSnapshot): number {
  return problem === null ? 0 : BROKEN_EXIT;
}

export interface Choice {
  /** An id, the name of a folder, or `latest`; null: the path is that of the snapshot. */
  readonly which: string | null;
  readonly savepointsOnly: boolean;
}

/** `path`: of a snapshot, or of the folder in which one is looked for. */
export async function showIn(
  platform: Pick<Platform, 'files'>,
  path: string,
  { which, savepointsOnly }: Choice,
): Promise<ShownSnapshot> {
  if (which === null) return showSnapshot(platform, path);
  return showSnapshot(platform, await findSnapshot(platform, path, { which, savepointsOnly }));
}

async function findSnapshot(
  platform: Pick<Platform, 'files'>,
  directory: string,
  { which, savepointsOnly }: { readonly which: string; readonly savepointsOnly: boolean },
): Promise<string> {
  const all = await findInFolder(platform, directory);
  const possible = all.filter(({ isSavepoint }) => isSavepoint || !savepointsOnly);
  const meant =
    which === 'latest'
      ? possible.filter(({ status }) => status === 'COMPLETED').slice(0, 1)
      : possible.filter((one) => isNamed(one, which));
  const [first, second] = meant;
  const candidates = (meant.length > 1 ? meant : possible).map(({ location }) => location);
  if (first === undefined) throw none(directory, which, candidates);
  if (second === undefined) return first.location;
  throw new UsageError('DREY_USAGE', `${which} is more than one in ${directory}`, {
    hint: `Give the path of the one that you mean: ${candidates.join(', ')}`,
    details: { candidates },
  });
}

function isNamed({ checkpointId, name }: FoundInFolder, which: string): boolean {
  return name === which || String(checkpointId) === which;
}

function none(directory: string, which: string, candidates: readonly string[]): RefusedError {
  const what =
    which === 'latest' ? 'no complete checkpoint' : `no checkpoint or savepoint ${which}`;
  return new RefusedError('DREY_SNAPSHOT_NONE', `there is ${what} in ${directory}`, {
    hint: errorCodes.DREY_SNAPSHOT_NONE.next,
    details: { directory, candidates },
  });
}

async function durationOf(
  { files }: Pick<Platform, 'files'>,
  { location, manifest }: SnapshotDescription,
): Promise<number | null> {
  const { checkpoints } = await readFolderStatistics(files, dirname(location));
  const known = checkpoints.findLast(
    ({ id, jobId }) => id === manifest.checkpointId && jobId === manifest.jobId,
  );
  const durationMs = known?.endToEndMs ?? null;
  return durationMs === null ? null : Math.round(durationMs);
}

export function shownSnapshotView(shown: ShownSnapshot): View {
  return {
    sections: [
      { kind: 'fields', fields: fieldsOf(shown) },
      {
        kind: 'table',
        title: 'operators',
        empty: 'no operator has state',
        columns: [
          { key: 'uid', heading: 'OPERATOR' },
          { key: 'kind', heading: 'KIND' },
          { key: 'parallelism', heading: 'PARALLELISM' },
          { key: 'maxParallelism', heading: 'KEY GROUPS' },
          { key: 'finishedSubtasks', heading: 'FINISHED' },
          { key: 'stateSizeBytes', heading: 'STATE' },
        ],
        rows: shown.operators.map((operator) => [
          textCell(operator.uid),
          textCell(operator.kind),
          countCell(operator.parallelism),
          countCell(operator.maxParallelism),
          countCell(operator.finishedSubtasks),
          bytesCell(operator.stateSizeBytes),
        ]),
      },
    ],
    names: [shown.location],
  };
}

function fieldsOf(shown: ShownSnapshot): readonly Field[] {
  const { status, problem } = shown;
  const field = (key: string, label: string, cell: Field['cell']): Field => ({ key, label, cell });
  return [
    field('id', shown.isSavepoint ? 'savepoint' : 'checkpoint', countCell(shown.id)),
    field('status', 'status', textCell(status, statusMood(status))),
    ...(problem === null ? [] : [field('problem', 'why', textCell(problem, 'bad'))]),
    field('jobName', 'pipeline', textCell(shown.jobName)),
    field('jobId', 'job', textCell(shown.jobId)),
    field('triggeredAtMs', 'triggered', timeCell(shown.triggeredAtMs)),
    field('completedAtMs', 'completed', timeCell(shown.completedAtMs)),
    field('durationMs', 'duration', durationCell(shown.durationMs)),
    field('sizeBytes', 'written', bytesCell(shown.sizeBytes)),
    field('stateSizeBytes', 'state', bytesCell(shown.stateSizeBytes)),
    field('files', 'files', countCell(shown.files)),
    field('verification', 'verified', textCell(shown.verification)),
    field('dreyVersion', 'drey', textCell(shown.dreyVersion)),
    field('location', 'location', textCell(shown.location)),
  ];
}
