/** The failures of a job for people: the history as a table, then how each one came about. */
import { shortened } from '../../output/graph/graph-view.ts';
import {
  textCell,
  timeCell,
  type Section,
  type TextSection,
  type View,
} from '../../output/view.ts';
import type { ExceptionsResult, JobFailure, TaskFailure } from './exceptions-of-job.ts';

/** Names of SQL operators and some messages are pages long: whole ones stand below the table. */
const TASK_LENGTH_MAX = 60;
const CAUSE_LENGTH_MAX = 120;

export function exceptionsView(result: ExceptionsResult, hasTraces: boolean): View {
  const { exceptions } = result;
  const details = exceptions.flatMap((failure, index): TextSection[] => {
    const lines = detailLines(failure, hasTraces);
    const isWhole = causeText(failure).length <= CAUSE_LENGTH_MAX;
    if (lines.length === 0 && isWhole) return [];
    return [{ kind: 'text', title: `${index + 1}. ${causeText(failure)}`, lines }];
  });
  return {
    sections: [historyTable(result), ...details, ...truncationNote(result)],
    names: exceptions.map(({ message }) => message),
  };
}

/** `IllegalArgumentException: record 100 cannot be counted`. */
export function causeText({
  exception,
  message,
}: Pick<TaskFailure, 'exception' | 'message'>): string {
  return exception === null || message === exception ? message : `${exception}: ${message}`;
}

function historyTable({ exceptions, name, state }: ExceptionsResult): Section {
  return {
    kind: 'table',
    empty: `job ${name} is ${state} and has not failed`,
    columns: [
      { key: 'index', heading: '#' },
      { key: 'atMs', heading: 'AT' },
      { key: 'taskName', heading: 'TASK' },
      { key: 'taskManagerId', heading: 'TASKMANAGER', isWide: true },
      { key: 'endpoint', heading: 'ENDPOINT' },
      { key: 'labels', heading: 'LABELS', isWide: true },
      { key: 'message', heading: 'ROOT CAUSE' },
    ],
    rows: exceptions.map((failure, index) => [
      textCell(String(index + 1)),
      timeCell(failure.atMs),
      textCell(failure.taskName === null ? null : shortened(failure.taskName, TASK_LENGTH_MAX)),
      textCell(failure.taskManagerId),
      textCell(failure.endpoint),
      textCell(labelsText(failure)),
      textCell(shortened(causeText(failure), CAUSE_LENGTH_MAX), 'bad'),
    ]),
  };
}

/** What the table does not say of it. */
function detailLines(failure: JobFailure, hasTraces: boolean): readonly string[] {
  const { taskName } = failure;
  const around = failure.chain.filter((message) => message !== failure.message);
  const labels = labelsText(failure);
  const isTaskCut = taskName !== null && taskName.length > TASK_LENGTH_MAX;
  return [
    ...(isTaskCut ? [`  task: ${taskName}`] : []),
    ...around.map((message) => `  within: ${message}`),
    ...(labels === null ? [] : [`  labels: ${labels}`]),
    ...failure.concurrent.map(
      (other) => `  along with ${other.taskName ?? 'an unknown task'}: ${causeText(other)}`,
    ),
    ...(hasTraces ? traceLines(failure) : []),
  ];
}

function traceLines({ stackTrace, concurrent }: JobFailure): readonly string[] {
  return [
    ...indented(stackTrace),
    ...concurrent.flatMap((other) => [
      `  ${other.taskName ?? 'an unknown task'}:`,
      ...indented(other.stackTrace),
    ]),
  ];
}

/** Java indents by tabs, which are no printable characters. */
function indented(stackTrace: string): readonly string[] {
  const lines = stackTrace.trimEnd().split('\n');
  return lines.map((line) => `  ${line.replaceAll('\t', '    ').replace(/\r$/, '')}`);
}

function labelsText({ labels }: TaskFailure): string | null {
  const entries = Object.entries(labels);
  return entries.length === 0 ? null : entries.map(([key, value]) => `${key}=${value}`).join(', ');
}

function truncationNote({ isTruncated, exceptions }: ExceptionsResult): readonly Section[] {
  if (!isTruncated) return [];
  const line = `The cluster has older ones: --entries ${Math.max(1, exceptions.length) * 4} shows more.`;
  return [{ kind: 'text', lines: [line] }];
}
