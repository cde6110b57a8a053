/** The flags of `drey run` about checkpoints and savepoints. */
import { Flags } from '@oclif/core';
import type { RestoreRequest } from './restore-point.ts';

const CLAIM_MODES = ['CLAIM', 'NO_CLAIM'] as const;

export const restoreFlagDeclarations = {
  restore: Flags.string({
    helpValue: 'latest|PATH',
    helpGroup: 'STATE',
    description:
      'Go on from the latest checkpoint of the pipeline in execution.checkpointing.dir, or from this checkpoint or savepoint.',
  }),
  'allow-empty-state': Flags.boolean({
    dependsOn: ['restore'],
    helpGroup: 'STATE',
    description: 'Start from the beginning where --restore latest finds nothing to go on from.',
  }),
  'allow-non-restored-state': Flags.boolean({
    char: 'n',
    helpGroup: 'STATE',
    description: 'Leave out state of operators that the pipeline does not have any more.',
  }),
  'claim-mode': Flags.string({
    options: [...CLAIM_MODES],
    helpGroup: 'STATE',
    description:
      'Whose the snapshot is from then on: the job removes what it claims when it does not need it any more. Without it NO_CLAIM, and CLAIM for a checkpoint that latest found.',
  }),
  again: Flags.boolean({
    dependsOn: ['restore'],
    helpGroup: 'STATE',
    description:
      'With --restore latest: start a pipeline that has come to its end from the beginning.',
  }),
  'savepoint-on-stop': Flags.boolean({
    helpGroup: 'STATE',
    description: 'At the first Ctrl-C or SIGTERM take a savepoint before the job ends.',
  }),
};

/** The parsed flags as the workflow wants them. */
export function restoreRequestOf(flags: {
  readonly restore?: string | undefined;
  readonly 'allow-empty-state': boolean;
  readonly 'allow-non-restored-state': boolean;
  readonly 'claim-mode'?: string | undefined;
  readonly again: boolean;
}): RestoreRequest {
  return {
    restore: flags.restore ?? null,
    allowEmptyState: flags['allow-empty-state'],
    allowNonRestoredState: flags['allow-non-restored-state'],
    claimMode: CLAIM_MODES.find((mode) => mode === flags['claim-mode']) ?? null,
    again: flags.again,
  };
}
