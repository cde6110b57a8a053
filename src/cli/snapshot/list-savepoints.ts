/** `savepoint list` of a folder. */
import { bytesCell, textCell, timeCell, type View } from '../../output/view.ts';
import type { Platform } from '../../platform/platform.ts';
import { findInFolder, type SnapshotStatus } from './listed-snapshots.ts';
import { statusMood } from './status-mood.ts';

export interface ListedSavepoint {
  /** Name of its folder. */
  readonly id: string;
  readonly state: SnapshotStatus;
  readonly jobId: string | null;
  readonly jobName: string | null;
  readonly location: string;
  readonly completedAtMs: number | null;
  readonly sizeBytes: number | null;
  /** `manifest`: its files are there in their lengths. */
  readonly verification: 'none' | 'manifest';
  readonly pins: readonly string[];
  readonly problem: string | null;
}

export interface SavepointListResult {
  readonly directory: string;
  readonly savepoints: readonly ListedSavepoint[];
}

export async function listSavepoints(
  platform: Pick<Platform, 'files'>,
  directory: string,
): Promise<SavepointListResult> {
  const found = await findInFolder(platform, directory);
  const savepoints = found
    .filter(({ isSavepoint }) => isSavepoint)
    .map((one): ListedSavepoint => ({
      id: one.name,
      state: one.status,
      jobId: one.jobId,
      jobName: one.jobName,
      location: one.location,
      completedAtMs: one.completedAtMs,
      sizeBytes: one.stateSizeBytes,
      verification: one.status === 'COMPLETED' ? 'manifest' : 'none',
      pins: [],
      problem: one.problem,
    }));
  return { directory, savepoints };
}

export function savepointListView({ savepoints }: SavepointListResult): View {
  return {
    sections: [
      {
        kind: 'table',
        empty: 'no savepoint is there',
        columns: [
          { key: 'id', heading: 'ID', isWide: true },
          { key: 'state', heading: 'STATE' },
          { key: 'jobName', heading: 'PIPELINE' },
          { key: 'completedAtMs', heading: 'COMPLETED' },
          { key: 'sizeBytes', heading: 'SIZE' },
          { key: 'verification', heading: 'VERIFIED' },
          { key: 'location', heading: 'LOCATION' },
          { key: 'problem', heading: 'WHY', isWide: true },
        ],
        rows: savepoints.map((one) => [
          textCell(one.id),
          textCell(one.state, statusMood(one.state)),
          textCell(one.jobName),
          timeCell(one.completedAtMs),
          bytesCell(one.sizeBytes),
          textCell(one.verification),
          textCell(one.location),
          textCell(one.problem),
        ]),
      },
    ],
    names: savepoints.map(({ location }) => location),
  };
}
