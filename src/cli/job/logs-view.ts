/** The logs of a job for people: where it runs, then the lines, marked where there are several. */
import { bytesCell, textCell, timeCell, type Section, type View } from '../../output/view.ts';
import type { JobLogsResult, TaskManagerLog } from './logs-of-job.ts';

/** Lines only: what comes out can be searched and cut like a log. */
export function jobLogsView({ taskManagers }: JobLogsResult): View {
  const isMarked = taskManagers.length > 1;
  return {
    sections: taskManagers.map((log): Section => ({
      kind: 'text',
      lines: linesOf(log).map((line) => (isMarked ? `${log.taskManagerId} | ${line}` : line)),
    })),
    names: taskManagers.map(({ taskManagerId }) => taskManagerId),
  };
}

export function jobLogFilesView({ taskManagers }: JobLogsResult): View {
  return {
    sections: [
      {
        kind: 'table',
        empty: 'no log files',
        columns: [
          { key: 'taskManagerId', heading: 'TASKMANAGER' },
          { key: 'subtasks', heading: 'SUBTASKS OF THE JOB' },
          { key: 'name', heading: 'FILE' },
          { key: 'sizeBytes', heading: 'SIZE' },
          { key: 'modifiedAtMs', heading: 'CHANGED' },
        ],
        rows: taskManagers.flatMap((log) =>
          log.files.map(({ name, sizeBytes, modifiedAtMs }) => [
            textCell(log.taskManagerId),
            textCell(String(log.subtasks.length)),
            textCell(name),
            bytesCell(sizeBytes),
            timeCell(modifiedAtMs),
          ]),
        ),
      },
    ],
    names: taskManagers.map(({ taskManagerId }) => taskManagerId),
  };
}

function linesOf({ lines, failure }: TaskManagerLog): readonly string[] {
  if (failure !== null) return [`(no log: ${failure.message})`];
  const printable = lines.map((line) => line.replaceAll('\t', '    '));
  return printable.length === 0 ? ['(no such lines)'] : printable;
}
