/**
 * Names of the files that a file sink writes. While a part is being written its name is hidden
 * (sources skip it); finished, it is `part-<run>-<subtask>-<n>`.
 */

export interface PartName {
  /** Hexadecimal digits of one run. */
  readonly run: string;
  readonly subtask: number;
  /** Counts the parts of the subtask from 0. */
  readonly index: number;
}

const RUN_BYTES = 8;
const IN_PROGRESS = /^\.part-[0-9a-f]{16}-\d+-\d+\.inprogress$/;
/** Also the part files of Flink, which have a UUID and perhaps a suffix. */
const FINISHED = /^part-.+-\d+-\d+(\.[^/]*)?$/;

/** A name for a run that no other run has. */
export function createRunName(randomBytes: (byteCount: number) => Uint8Array): string {
  return Array.from(randomBytes(RUN_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function finishedName({ run, subtask, index }: PartName): string {
  return `part-${run}-${subtask}-${index}`;
}

export function inProgressName(part: PartName): string {
  return `.${finishedName(part)}.inprogress`;
}

/** Was it left by a run of drey that did not finish? */
export function isInProgress(name: string): boolean {
  return IN_PROGRESS.test(name);
}

export function isFinished(name: string): boolean {
  return FINISHED.test(name);
}
