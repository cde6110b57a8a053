/** Flags and arguments of the verbs that read a pipeline file. */
import { Args, Flags } from '@oclif/core';
import type { PipelineRequest } from './pipeline/read-pipeline.ts';

export const pipelineFileArgument = Args.string({
  required: true,
  description: 'Pipeline file; - reads standard input.',
});

export const pipelineFlagDeclarations = {
  param: Flags.string({
    multiple: true,
    // One value per --param, so that FILE may follow it.
    multipleNonGreedy: true,
    helpValue: 'NAME=VALUE',
    description: 'Value for ${NAME} in the file, before the environment. May be repeated.',
  }),
  strict: Flags.boolean({
    description: 'Take warnings for errors: unknown configuration keys, state without a bound.',
  }),
};

/** The parsed flags as the workflows want them. */
export function pipelineRequestOf(
  file: string,
  flags: { readonly param: readonly string[] | undefined; readonly strict: boolean },
): PipelineRequest {
  return { file, parameters: flags.param ?? [], strict: flags.strict };
}
