/**
 * `taskmanager logs` as a document: the files of a process, or the last lines of one of them. What
 * is held is as many lines as are shown.
 */
import type { TaskManagerId } from '../../flink/model/identifiers.ts';
import type { LogFile } from '../../flink/model/task-manager.ts';
import { bytesCell, textCell, timeCell, type View } from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { chooseLog, type LogChoice } from './choose-log.ts';
import { openProcess, type ProcessChoice } from './flink-process.ts';
import { tailOfLog } from './log-lines.ts';

export interface LogFilesResult {
  /** Null: of the JobManager. */
  readonly taskManagerId: TaskManagerId | null;
  readonly files: readonly LogFile[];
}

export interface LogLinesRequest extends LogChoice {
  readonly owner: ProcessChoice;
  readonly linesMax: number;
  /** Only entries with this text; null: all. */
  readonly grep: string | null;
}

export interface LogLinesResult {
  /** Null: of the JobManager. */
  readonly taskManagerId: TaskManagerId | null;
  /** `log` and `stdout` are what the process writes into. */
  readonly file: string;
  /** Null: the cluster did not say. */
  readonly sizeBytes: number | null;
  /** The last ones, in the order of the log. */
  readonly lines: readonly string[];
  /** There are earlier ones that would have been wanted. */
  readonly isTruncated: boolean;
}

export async function listLogFiles(
  session: ClusterSession,
  choice: ProcessChoice,
): Promise<LogFilesResult> {
  const owner = await openProcess(session, choice);
  return { taskManagerId: owner.taskManagerId, files: await owner.files() };
}

export async function readLogLines(
  session: ClusterSession,
  request: LogLinesRequest,
): Promise<LogLinesResult> {
  const owner = await openProcess(session, request.owner);
  const { log, title } = await chooseLog(owner, request);
  const { chunks, headers } = await owner.log(log);
  const size = Number(headers['content-length'] ?? Number.NaN);
  const { lines, isCut } = await tailOfLog(chunks, request);
  return {
    taskManagerId: owner.taskManagerId,
    file: title,
    sizeBytes: Number.isSafeInteger(size) ? size : null,
    lines,
    isTruncated: isCut,
  };
}

export function logFilesView({ files }: LogFilesResult): View {
  return {
    sections: [
      {
        kind: 'table',
        empty: 'no log files: the process may log to the console only, as in a container',
        columns: [
          { key: 'name', heading: 'FILE' },
          { key: 'sizeBytes', heading: 'SIZE' },
          { key: 'modifiedAtMs', heading: 'CHANGED' },
        ],
        rows: files.map(({ name, sizeBytes, modifiedAtMs }) => [
          textCell(name),
          bytesCell(sizeBytes),
          timeCell(modifiedAtMs),
        ]),
      },
    ],
    names: files.map(({ name }) => name),
  };
}

export function logLinesView({ lines, file }: LogLinesResult): View {
  return { sections: [{ kind: 'text', lines }], names: [file] };
}
