/**
 * Why a cluster did not take the program of a jar, and what to do about it. Flink wraps what
 * happened into sentences that say nothing, and names some cases by their text alone: those texts,
 * of 1.17 to 2.3, stand here and nowhere else.
 */

/** As the refused request says it. */
export interface RefusalEvidence {
  /** Class of the deepest cause, without its package. */
  readonly exception: string | null;
  /** Messages from the outside in. */
  readonly reasons: readonly string[];
}

export type RefusalKind =
  /** The cluster has, or had, a job of this id. */
  | 'duplicate'
  /** main() submits more than one job. */
  | 'several-jobs'
  /** main() ends without a job. */
  | 'no-job'
  | 'entry-class'
  | 'state-not-restored'
  | 'savepoint'
  | 'program';

export interface RunRefusal {
  readonly kind: RefusalKind;
  /** What happened, without the wrapping. */
  readonly reason: string;
  /** The next step, a sentence. */
  readonly hint: string;
}

export function explainRefusal(evidence: RefusalEvidence, hasSavepoint: boolean): RunRefusal {
  const kind = kindOf(evidence, hasSavepoint);
  return { kind, reason: reasonOf(evidence.reasons), hint: hints[kind] };
}

const hints: Readonly<Record<RefusalKind, string>> = {
  duplicate: 'An id is used once: take another --job-id, or none.',
  'several-jobs':
    'Over REST one main() may submit one job: put the sinks into one statement set or one execute(), or submit in application mode.',
  'no-job': 'main() must end with execute(), executeAsync() or a statement that starts a job.',
  'entry-class':
    'Name the class with main() by --entry-class; without it the Main-Class of the manifest is taken.',
  'state-not-restored':
    'Give the operators the uids they had, or pass --allow-non-restored-state to leave their state behind.',
  savepoint:
    'The JobManager must reach the path with its own file systems and rights; drey savepoint list shows what is known.',
  program: 'main() runs in the JobManager, whose log has the whole stack trace.',
};

/** 1.x and 2.x say it differently. */
const DUPLICATE = /^Duplicate(?:Job|Application)SubmissionException$/;
const SEVERAL_JOBS = /Cannot have more than (?:one execute\(\)|\d+ streaming jobs)/;
const NO_JOB = /contains no execute\(\) calls|No jobs included in application/;
/** Flink's advice for its own command line. */
const STATE_LEFT = /you can set the --allowNonRestoredState option/;
const ENTRY_CLASS = /entry point class|does not have a main\(String\[\]\) method|Main-Class/;
const NOT_STARTED = 'Could not start the JobMaster.';

function kindOf({ exception, reasons }: RefusalEvidence, hasSavepoint: boolean): RefusalKind {
  const says = (pattern: RegExp): boolean => reasons.some((reason) => pattern.test(reason));
  if (exception !== null && DUPLICATE.test(exception)) return 'duplicate';
  if (says(SEVERAL_JOBS)) return 'several-jobs';
  if (says(NO_JOB)) return 'no-job';
  if (says(STATE_LEFT)) return 'state-not-restored';
  if (says(ENTRY_CLASS)) return 'entry-class';
  // The job was made, and then could not begin with what it was to begin with.
  const isFileMissing =
    exception === 'FileNotFoundException' || exception === 'NoSuchFileException';
  if (hasSavepoint && isFileMissing && reasons.includes(NOT_STARTED)) return 'savepoint';
  return 'program';
}

/** Says of themselves only that something else failed. */
const WRAPPING = [
  /^Could not execute application\.$/,
  /^Failed to execute job '.*'\.$/s,
  /^Could not start the JobMaster\.$/,
  /^Internal server error\.$/,
];
const MAIN_CAUSED = /^The main method caused an error: /;

/** `main failed: record 7 is wrong`: the outermost and the deepest message that say something. */
function reasonOf(reasons: readonly string[]): string {
  const telling = reasons
    .map((reason) => reason.replace(MAIN_CAUSED, ''))
    .filter((reason) => reason !== '' && !WRAPPING.some((pattern) => pattern.test(reason)));
  const outermost = telling[0];
  const deepest = telling.at(-1);
  if (outermost === undefined || deepest === undefined)
    return reasons.at(-1) ?? 'no reason was given';
  if (outermost.includes(deepest)) return outermost;
  return `${outermost.replace(/[.:]?$/, '')}: ${deepest}`;
}
