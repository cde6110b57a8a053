/**
 * Names of the files that a file sink writes. While a part is being written its name is hidden
 * (sources skip it), and so it is when a savepoint waits for it; finished, it is `part-<run>-<subtask>-<n>`. A run is one life of a sink; those
 * that go on from each other's snapshots share a lineage, the first digits of their names.
 * Invariant: no two lives of a sink give a part the same name.
 */

export interface PartName {
  /** Hexadecimal digits of one run. */
  readonly run: string;
  readonly subtask: number;
  /** Counts the parts of the subtask from 0. */
  readonly index: number;
}

/** Says, by its name, how far a subtask of a lineage has committed. */
export interface CommitMark {
  readonly lineage: string;
  readonly subtask: number;
  readonly checkpointId: number;
}

const RUN_DIGITS = 16;
/** The rest tells the runs of a lineage apart. */
const LINEAGE_DIGITS = 10;
const IN_PROGRESS = /^\.part-([0-9a-f]{16})-(\d+)-(\d+)\.inprogress$/;
/** Also the part files of Flink, which have a UUID and perhaps a suffix. */
const FINISHED = /^part-.+-\d+-\d+(\.[^/]*)?$/;
const OWN_FINISHED = /^part-([0-9a-f]{16})-(\d+)-(\d+)$/;
const COMMIT_MARK = /^\.part-([0-9a-f]{10})-(\d+)\.committed-(\d+)$/;

/** A name for a run that no other run has; `lineage` is what it goes on from. */
export function createRunName(
  randomBytes: (byteCount: number) => Uint8Array,
  lineage: string | null = null,
): string {
  const digits = Array.from(randomBytes(RUN_DIGITS / 2), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  return lineage === null ? digits : lineage + digits.slice(LINEAGE_DIGITS);
}

export function lineageOf(run: string): string {
  return run.slice(0, LINEAGE_DIGITS);
}

export function finishedName({ run, subtask, index }: PartName): string {
  return `part-${run}-${subtask}-${index}`;
}

export function inProgressName(part: PartName): string {
  return `.${finishedName(part)}.inprogress`;
}

/** Hidden as well: a savepoint names the part, and may be gone on from at any time. */
export function savedName(part: PartName): string {
  return `.${finishedName(part)}.savepoint`;
}

export function commitMarkName({ lineage, subtask, checkpointId }: CommitMark): string {
  return `.part-${lineage}-${subtask}.committed-${checkpointId}`;
}

/** The part that a run of drey began under this name; null: it is none. */
export function parseInProgress(name: string): PartName | null {
  return parsePart(IN_PROGRESS, name);
}

/** The part that a run of drey finished under this name; null: it is none, or another program's. */
export function parseFinished(name: string): PartName | null {
  return parsePart(OWN_FINISHED, name);
}

export function parseCommitMark(name: string): CommitMark | null {
  const [, lineage, subtask, checkpointId] = COMMIT_MARK.exec(name) ?? [];
  if (lineage === undefined) return null;
  return { lineage, subtask: Number(subtask), checkpointId: Number(checkpointId) };
}

export function isFinished(name: string): boolean {
  return FINISHED.test(name);
}

function parsePart(pattern: RegExp, name: string): PartName | null {
  const [, run, subtask, index] = pattern.exec(name) ?? [];
  return run === undefined ? null : { run, subtask: Number(subtask), index: Number(index) };
}
