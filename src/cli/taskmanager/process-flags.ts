/** The arguments and flags of the verbs that look at one process of a cluster. */
import { Args, Flags } from '@oclif/core';
import { UsageError } from '../../errors/drey-error.ts';
import type { ProcessChoice } from './flink-process.ts';

export const taskManagerArgument = Args.string({
  description:
    'TaskManager: its id, the beginning or a part of it, such as its host; not needed when there is only one.',
});

export const jobManagerFlag = Flags.boolean({
  description: 'Of the JobManager, in place of a TaskManager.',
});

/** The process that the arguments name, and the arguments that follow it. */
export function processOf(
  words: readonly string[],
  isJobManager: boolean,
): { readonly owner: ProcessChoice; readonly rest: readonly string[] } {
  if (isJobManager) return { owner: { kind: 'job-manager' }, rest: words };
  const [argument = null, ...rest] = words;
  return { owner: { kind: 'task-manager', argument }, rest };
}

/** For verbs that take nothing after the process. */
export function onlyProcessOf(argument: string | undefined, isJobManager: boolean): ProcessChoice {
  if (!isJobManager) return { kind: 'task-manager', argument: argument ?? null };
  if (argument === undefined) return { kind: 'job-manager' };
  throw new UsageError(
    'DREY_USAGE',
    `--jobmanager and the TaskManager ${JSON.stringify(argument)} exclude each other`,
  );
}
