/** Which log of a process is meant by a file argument: its name, or a unique part of it. */
import { RefusedError } from '../../errors/drey-error.ts';
import type { LogFile } from '../../flink/model/task-manager.ts';
import type { FlinkProcess, LogName } from './flink-process.ts';

/** What is asked for; the log of the process when nothing is. */
export interface LogChoice {
  /** Name of a file or a part of it; null: none was named. */
  readonly file: string | null;
  readonly isStdout: boolean;
}

export interface ChosenLog {
  readonly log: LogName;
  /** Its name for people and documents: `log` and `stdout` are what the process writes into. */
  readonly title: string;
}

export async function chooseLog(
  owner: FlinkProcess,
  { file, isStdout }: LogChoice,
): Promise<ChosenLog> {
  if (file !== null) {
    const name = findLogFile(await owner.files(), file, owner.title);
    return { log: { kind: 'file', name }, title: name };
  }
  return isStdout
    ? { log: { kind: 'stdout' }, title: 'stdout' }
    : { log: { kind: 'main' }, title: 'log' };
}

/** The name, or a RefusedError with the files that there are. `owner`: whose files these are. */
export function findLogFile(files: readonly LogFile[], argument: string, owner: string): string {
  const names = files.map(({ name }) => name);
  if (names.includes(argument)) return argument;
  const text = argument.toLowerCase();
  const matching = text === '' ? [] : names.filter((name) => name.toLowerCase().includes(text));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  const isAmbiguous = matching.length > 1;
  const listed = (isAmbiguous ? matching : names).join(', ');
  const message = isAmbiguous
    ? `${JSON.stringify(argument)} names ${matching.length} files of ${owner}: ${listed}`
    : `${owner} has no file ${JSON.stringify(argument)}; it has ${listed === '' ? 'none' : listed}`;
  throw new RefusedError('DREY_LOG_UNAVAILABLE', message, {
    hint: 'Name one of the files in the message, or leave the file out for a list.',
    details: { file: argument, files: names },
  });
}
