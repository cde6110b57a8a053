/**
 * Why a job failed, newest first. Up to 1.20 there is a root exception beside the history, from
 * 2.0 on the history only. The exception of an entry often says that no restart follows; what
 * happened stands in the concurrent exceptions of the tasks.
 */
import { causeOfTrace, type FailureCause } from './failure-cause.ts';
import { Fields } from './fields.ts';

export interface TaskException {
  readonly cause: FailureCause;
  readonly atMs: number | null;
  /** `count -> Sink (1/2) - execution #0`; null when it is not a task's. */
  readonly taskName: string | null;
  /** Host and port where it ran. */
  readonly endpoint: string | null;
  readonly taskManagerId: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly stackTrace: string;
}

export interface JobException extends TaskException {
  readonly concurrent: readonly TaskException[];
  /** The one that tells most: of a task, before one that only says that recovery is off. */
  readonly root: TaskException;
}

export interface JobExceptions {
  readonly entries: readonly JobException[];
  /** There are more than were asked for. */
  readonly isTruncated: boolean;
}

/** Says only that the job is not started again. */
const NO_RECOVERY = 'Recovery is suppressed by';

/** Of /jobs/:id/exceptions. */
export function decodeJobExceptions(answer: unknown): JobExceptions {
  const exceptions = Fields.of(answer);
  const history = exceptions.object('exceptionHistory');
  const entries = (history?.objects('entries') ?? []).map(decodeEntry);
  const root = exceptions.text('root-exception');
  if (entries.length === 0 && root !== null) entries.push(rootOnly(exceptions, root));
  return {
    entries,
    isTruncated: history?.flag('truncated') ?? exceptions.flag('truncated') ?? false,
  };
}

function decodeEntry(entry: Fields): JobException {
  const own = decodeTaskException(entry);
  const concurrent = entry.objects('concurrentExceptions').map(decodeTaskException);
  return { ...own, concurrent, root: rootOf(own, concurrent) };
}

function rootOf(own: TaskException, concurrent: readonly TaskException[]): TaskException {
  const saysNothing = own.cause.chain.length <= 1 && own.cause.message.startsWith(NO_RECOVERY);
  return saysNothing ? (concurrent[0] ?? own) : own;
}

function decodeTaskException(exception: Fields): TaskException {
  const stackTrace = exception.text('stacktrace') ?? '';
  const labels = exception.object('failureLabels');
  return {
    cause: causeOf(stackTrace, exception.text('exceptionName')),
    atMs: exception.measure('timestamp'),
    taskName: exception.text('taskName'),
    endpoint: exception.text('endpoint') ?? exception.text('location'),
    taskManagerId: exception.text('taskManagerId'),
    labels: Object.fromEntries(
      (labels?.names ?? []).map((name) => [name, labels?.text(name) ?? '']),
    ),
    stackTrace,
  };
}

function causeOf(stackTrace: string, className: string | null): FailureCause {
  const cause = causeOfTrace(stackTrace);
  if (cause.message !== '') return cause;
  return { ...cause, message: className ?? 'no reason was given' };
}

/** Of the fields of 1.20 and before, for a server that kept no history. */
function rootOnly(exceptions: Fields, stackTrace: string): JobException {
  const own: TaskException = {
    cause: causeOf(stackTrace, null),
    atMs: exceptions.measure('timestamp'),
    taskName: null,
    endpoint: null,
    taskManagerId: null,
    labels: {},
    stackTrace,
  };
  const concurrent = exceptions.objects('all-exceptions').map((entry): TaskException => {
    const trace = entry.text('exception') ?? '';
    return {
      ...own,
      cause: causeOf(trace, null),
      atMs: entry.measure('timestamp'),
      taskName: entry.text('task'),
      endpoint: entry.text('location'),
      taskManagerId: entry.text('taskManagerId'),
      stackTrace: trace,
    };
  });
  return { ...own, concurrent, root: rootOf(own, concurrent) };
}
