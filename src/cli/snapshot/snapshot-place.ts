/** When an argument or flag of `savepoint` and `checkpoint` means a folder, so that no cluster is asked. */
import { Flags } from '@oclif/core';
import { UsageError } from '../../errors/drey-error.ts';
import { pathOf } from '../run/restore-point.ts';

export const directoryFlag = Flags.string({
  helpValue: 'DIR',
  description:
    'A folder of checkpoints or savepoints of the embedded engine, or of one job in it; no cluster is asked.',
});

/** Whether an argument is a path and not the name of a job. */
export function isPath(argument: string): boolean {
  return /^(?:\.{0,2}\/|\.{1,2}$|file:)|\/$/.test(argument);
}

/** Absolute path that the argument or `--dir` names; null: neither means a folder. */
export function folderOf(
  argument: string | undefined,
  directory: string | undefined,
  workingDirectory: string,
): string | null {
  if (directory !== undefined) return pathOf(directory, workingDirectory);
  if (argument === undefined || !isPath(argument)) return null;
  return pathOf(argument, workingDirectory);
}

/** As above, where nothing else can be meant: any text is a path then. */
export function requiredFolder(
  argument: string | undefined,
  directory: string | undefined,
  workingDirectory: string,
): string {
  const path = directory ?? argument;
  if (path !== undefined) return pathOf(path, workingDirectory);
  throw new UsageError('DREY_USAGE', 'no folder is named', {
    hint: 'Name the folder with --dir, such as the one of execution.checkpointing.savepoint-dir.',
  });
}
