/** The argument that names a job. */
import { Args } from '@oclif/core';
import { UsageError } from '../../errors/drey-error.ts';

export const jobArgument = Args.string({
  required: true,
  description: 'Id, prefix of an id (6 or more), name, or address in the Web UI of the job.',
});

/** Of commands that need none when a folder is named. */
export const optionalJobArgument = Args.string({
  description:
    'Id, prefix of an id (6 or more), name, or address in the Web UI of the job; or a path.',
});

export function namedJob(argument: string | undefined): string {
  if (argument !== undefined) return argument;
  throw new UsageError('DREY_USAGE', 'neither a job nor a folder is named', {
    hint: 'Name a job of the cluster, or a folder of the embedded engine with --dir.',
  });
}
