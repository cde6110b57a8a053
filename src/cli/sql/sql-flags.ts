/** The flags of `sql run`. */
import { Flags } from '@oclif/core';
import { UsageError } from '../../errors/drey-error.ts';
import type { SqlRunRequest } from './run-script.ts';

const ROWS_DEFAULT = 100;
/** They are held in memory. */
const ROWS_MAX = 1_000_000;

export const sqlFlagDeclarations = {
  execute: Flags.string({
    char: 'e',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'STATEMENT',
    description: 'Run this in place of a file; may be repeated.',
  }),
  init: Flags.string({
    helpValue: 'FILE',
    description: 'Configure the session with the statements of this file first.',
  }),
  configuration: Flags.string({
    char: 'D',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'KEY=VALUE',
    description: 'A property of the session; may be repeated.',
  }),
  gateway: Flags.string({
    env: 'DREY_SQL_GATEWAY',
    helpValue: 'URL',
    helpGroup: 'CLUSTER',
    description:
      'Address of the SQL Gateway; else DREY_SQL_GATEWAY, the context, port 8083 of the REST host.',
  }),
  session: Flags.string({
    helpValue: 'HANDLE',
    exclusive: ['configuration'],
    description: 'Run in this session, and leave it open.',
  }),
  'keep-session': Flags.boolean({
    description: 'Leave the session open at the end; its handle is told.',
  }),
  limit: Flags.integer({
    min: 1,
    max: ROWS_MAX,
    helpValue: 'ROWS',
    description: `Rows of a query before it is cancelled; ${ROWS_DEFAULT} by default, no limit with --watch.`,
  }),
  watch: Flags.boolean({
    char: 'w',
    description: 'Print the changes of a query as they come, until Ctrl-C; JSON comes as lines.',
  }),
  wait: Flags.boolean({
    description: 'Wait until the job of each INSERT is FINISHED; exit 6 when it ends otherwise.',
  }),
  'continue-on-error': Flags.boolean({
    description: 'Run the statements after one that failed; the exit status is 6 all the same.',
  }),
};

export interface SqlFlags {
  readonly execute?: readonly string[] | undefined;
  readonly init?: string | undefined;
  readonly configuration?: readonly string[] | undefined;
  readonly session?: string | undefined;
  readonly 'keep-session': boolean;
  readonly limit?: number | undefined;
  readonly watch: boolean;
  readonly wait: boolean;
  readonly 'continue-on-error': boolean;
}

export function sqlRequestOf(file: string | null, flags: SqlFlags): SqlRunRequest {
  return {
    file,
    executed: flags.execute ?? [],
    initFile: flags.init ?? null,
    properties: Object.fromEntries((flags.configuration ?? []).map(propertyOf)),
    session: flags.session ?? null,
    keepsSession: flags['keep-session'],
    rowsMax: flags.limit ?? (flags.watch ? Infinity : ROWS_DEFAULT),
    isWaiting: flags.wait,
    isWatching: flags.watch,
    continuesOnError: flags['continue-on-error'],
  };
}

/** The value may hold further equals signs, and is not repeated: it may be a secret. */
function propertyOf(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new UsageError('DREY_USAGE', `-D ${JSON.stringify(text)} is not of the form KEY=VALUE`, {
    hint: 'Write it as -D execution.runtime-mode=batch.',
  });
}
