/** The flags of `taskmanager logs`, and which of its workflows they ask for. */
import { Flags } from '@oclif/core';
import { UsageError } from '../../errors/drey-error.ts';
import type { Answer } from '../cluster/answer.ts';
import { outputFormOf, type ClusterFlags } from '../cluster/cluster-flags.ts';
import { jobManagerFlag, processOf } from './process-flags.ts';
import type { LogFilesResult, LogLinesResult } from './read-log.ts';
import type { StreamedLog } from './stream-log.ts';

export type LogsResult = LogFilesResult | LogLinesResult | StreamedLog;

export const logFlagDeclarations = {
  jobmanager: jobManagerFlag,
  log: Flags.boolean({
    exclusive: ['stdout'],
    description: 'The file that the process logs into, whatever its name.',
  }),
  stdout: Flags.boolean({ description: 'The file with the standard output of the process.' }),
  tail: Flags.integer({
    min: 1,
    max: 100_000,
    helpValue: 'COUNT',
    description: 'Only so many of the last lines; in documents 1000 by default.',
  }),
  grep: Flags.string({
    helpValue: 'TEXT',
    description: 'Only entries that hold this text, with the stack traces below them.',
  }),
  follow: Flags.boolean({
    char: 'f',
    exclusive: ['grep'],
    description: 'Go on with what is added, until Ctrl-C.',
  }),
};

interface LogFlags extends ClusterFlags {
  readonly jobmanager: boolean;
  readonly log: boolean;
  readonly stdout: boolean;
  readonly tail?: number | undefined;
  readonly grep?: string | undefined;
  readonly follow: boolean;
}

const DOCUMENT_LINES_MAX = 1000;

/** How a command answers, whatever the result is. */
type Give = <R extends LogsResult>(answer: Answer<R>) => Promise<R | undefined>;

/** `words`: the arguments in their order. */
export async function answerLogs(
  words: readonly string[],
  flags: LogFlags,
  give: Give,
): Promise<LogsResult | undefined> {
  const { owner, rest } = processOf(words, flags.jobmanager);
  const file = fileOf(rest, flags);
  const { log, stdout: isStdout, follow: follows, tail, grep = null } = flags;
  const isContent = log || isStdout || follows || tail !== undefined || grep !== null;
  if (!isContent && file === null) {
    const { listLogFiles, logFilesView } = await import('./read-log.ts');
    return give({ ask: (session) => listLogFiles(session, owner), view: logFilesView });
  }
  const choice = { owner, file, isStdout, grep };
  const form = outputFormOf(flags);
  if (form === 'text' || form === 'wide') {
    const { streamedView, streamExitStatus, streamLog } = await import('./stream-log.ts');
    return give({
      ask: (session) => streamLog(session, { ...choice, follows, linesMax: tail ?? null }),
      view: streamedView,
      exitStatus: streamExitStatus,
    });
  }
  if (follows) {
    const message = `--follow gives lines and no document: leave -o ${form} out`;
    throw new UsageError('DREY_USAGE', message);
  }
  const { logLinesView, readLogLines } = await import('./read-log.ts');
  const linesMax = tail ?? DOCUMENT_LINES_MAX;
  return give({
    ask: (session) => readLogLines(session, { ...choice, linesMax }),
    view: logLinesView,
  });
}

/** Null: none is named. */
function fileOf(rest: readonly string[], { log, stdout }: LogFlags): string | null {
  const [file = null, tooMany] = rest;
  if (tooMany !== undefined) {
    const message = `with --jobmanager there is one argument, the file, but ${JSON.stringify(tooMany)} follows it`;
    throw new UsageError('DREY_USAGE', message);
  }
  if (file !== null && (log || stdout)) {
    const message = `the file ${JSON.stringify(file)} and --${log ? 'log' : 'stdout'} exclude each other`;
    throw new UsageError('DREY_USAGE', message);
  }
  return file;
}
