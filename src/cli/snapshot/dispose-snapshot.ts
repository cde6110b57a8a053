/**
 * `savepoint dispose` of a local path: the files go, no cluster is asked. What drey did not make,
 * what is a link and what a running pipeline may need is refused by the engine.
 */
import { checkDisposable, disposeSnapshot } from '../../engine/snapshots.ts';
import { DreyError } from '../../errors/drey-error.ts';
import { askBefore } from '../cluster/confirm-change.ts';
import type { World } from '../report-failure.ts';
import { pathOf } from '../run/restore-point.ts';
import type { DisposeRequest, DisposeResult } from '../savepoint/dispose-savepoint.ts';

/** `via`: `fs`, or `auto` for whoever can. Null: it is for the cluster. */
export async function disposeLocally(
  world: World,
  request: DisposeRequest,
  via: string,
): Promise<DisposeResult | null> {
  const isAuto = via !== 'fs';
  if (isAuto && !mayBeLocal(request.location)) return null;
  const { platform } = world;
  const location = pathOf(request.location, platform.workingDirectory);
  const result = { location, disposed: false, missing: false, dryRun: false };
  try {
    await checkDisposable(platform.files, location);
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    const isMissing = error.code === 'DREY_SAVEPOINT_NOT_FOUND';
    const isForeign = error.code === 'DREY_SNAPSHOT_FOREIGN';
    if (isAuto && (isForeign || (isMissing && request.location.startsWith('file:')))) {
      return null;
    }
    if (isMissing && request.ifExists) return { ...result, missing: true };
    throw error;
  }
  if (request.isDryRun) return { ...result, dryRun: true };
  if (!request.isConfirmed) await askBefore(world, `delete the savepoint ${location}`);
  await disposeSnapshot(platform, location);
  return { ...result, disposed: true };
}

/** A path, or a file URL, which may also be one of the machines of a cluster. */
function mayBeLocal(location: string): boolean {
  return location.startsWith('file:') || !/^[a-zA-Z][a-zA-Z0-9+.-]+:/.test(location);
}
