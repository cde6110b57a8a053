/**
 * Each program that runs in the JobManager makes a class loader there, and what a program holds on
 * to is never freed: after some hundred submissions the JobManager stands still.
 */

/** From here on some more submissions may be the last ones. */
const FULL_SHARE = 0.85;

/** Bytes; null: not known, as without a limit. The warning, or null where there is room. */
export function metaspaceWarning(usedBytes: number | null, maxBytes: number | null): string | null {
  if (usedBytes === null || maxBytes === null || maxBytes <= 0) return null;
  const share = usedBytes / maxBytes;
  if (share < FULL_SHARE) return null;
  return `the metaspace of the JobManager is ${Math.round(share * 100)} % full; each submission over REST takes some of it, and only a restart gives it back (jobmanager.memory.jvm-metaspace.size)`;
}
