/** The argument that names a job. */
import { Args } from '@oclif/core';

export const jobArgument = Args.string({
  required: true,
  description: 'Id, prefix of an id (6 or more), name, or address in the Web UI of the job.',
});
