/**
 * Whether a job still needs a savepoint, or a checkpoint of its: deleting one that is needed means
 * that the job cannot recover. Judged from what the cluster shows. As Flink since 1.15: a savepoint
 * that a running job took is never used to recover it.
 */
import type { CheckpointOverview } from '../../flink/model/checkpoint.ts';

export type SavepointUse =
  | { readonly kind: 'unused' }
  /** It was restored from it and has completed nothing since, so a failure goes back to it. */
  | { readonly kind: 'restored' }
  /** It is the newest checkpoint that the job has completed. */
  | { readonly kind: 'latest' };

/** Of a job that has not ended. */
export function savepointUse(location: string, checkpoints: CheckpointOverview): SavepointUse {
  const { latestRestored, latestCompleted } = checkpoints;
  if (latestCompleted?.location != null && isSamePlace(latestCompleted.location, location)) {
    return { kind: 'latest' };
  }
  if (latestRestored?.location == null || !isSamePlace(latestRestored.location, location)) {
    return { kind: 'unused' };
  }
  const isReplaced =
    latestCompleted !== null && latestCompleted.id > (latestRestored.id ?? Infinity);
  return isReplaced ? { kind: 'unused' } : { kind: 'restored' };
}

/** `file:/a/b`, `file:///a/b/`, `/a/b` and `/a/b/_metadata` are one place. */
export function isSamePlace(one: string, other: string): boolean {
  return normalised(one) === normalised(other);
}

function normalised(location: string): string {
  const path = location
    .replace(/\/+$/, '')
    .replace(/\/_metadata$/, '')
    .replace(/\/+$/, '');
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/*(.*)$/s.exec(path);
  if (match === null) return `file:${path.replace(/^\/+/, '')}`;
  const scheme = (match[1] ?? '').toLowerCase();
  // The schemes of one store.
  return `${/^s3[an]?$/.test(scheme) ? 's3' : scheme}:${match[2] ?? ''}`;
}
