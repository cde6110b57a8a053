/**
 * Names under which jars are uploaded. They begin with the hash of the content, so that a jar whose
 * upload was answered by nobody is found again, and one that is there already is not sent twice. A
 * jar that is uploaded for one run has a name of its own: nobody else takes it, and nobody misses
 * it when that run deletes it.
 */
import { basename } from 'node:path';

const HASH_LETTERS = 12;
/** Flink puts a UUID and an underline before it, and a file name has 255 bytes in most places. */
const NAME_BYTES_MAX = 150;
const UPLOADED = /^([0-9a-f]{12})-(?:run-[0-9a-f]{8}-)?(.+)$/;

/** `ad5f6e0c1b2d-my-job.jar`. */
export function keptName(sha256: string, path: string): string {
  return `${sha256.slice(0, HASH_LETTERS)}-${plainName(path)}`;
}

/** `ad5f6e0c1b2d-run-0a1b2c3d-my-job.jar`; `run`: eight hexadecimal digits, chosen for it. */
export function nameForRun(sha256: string, path: string, run: string): string {
  return `${sha256.slice(0, HASH_LETTERS)}-run-${run}-${plainName(path)}`;
}

/** The name that the file had; the name itself when another tool gave it. */
export function fileNameOf(name: string): string {
  return UPLOADED.exec(name)?.[2] ?? name;
}

/** The first 12 digits of the hash; null when another tool uploaded it. */
export function hashIn(name: string): string | null {
  return UPLOADED.exec(name)?.[1] ?? null;
}

/** Letters that a URL, a shell and a form take as they are. */
function plainName(path: string): string {
  const name = basename(path).replaceAll(/[^\w.+-]/g, '_');
  return name.length <= NAME_BYTES_MAX ? name : name.slice(-NAME_BYTES_MAX);
}
