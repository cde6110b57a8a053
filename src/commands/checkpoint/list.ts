import { Flags } from '@oclif/core';
import type { CheckpointListResult } from '../../cli/checkpoint/list-checkpoints.ts';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { watchFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';

export default class CheckpointList extends ClusterCommand {
  static override summary = 'List the checkpoints and savepoints of a job';
  static override description =
    'Shows the history that the cluster keeps (10 entries by default), newest first. Written is what a checkpoint stored itself, state the whole that it refers to.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job --savepoints -o wide',
    '<%= config.bin %> <%= command.id %> my-job --failed --json',
  ];
  static override args = { job: jobArgument };
  static override flags = {
    ...watchFlagDeclarations,
    savepoints: Flags.boolean({ exclusive: ['checkpoints'], description: 'Only savepoints.' }),
    checkpoints: Flags.boolean({ description: 'Only what is no savepoint.' }),
    failed: Flags.boolean({ description: 'Only those that failed.' }),
    limit: Flags.integer({ min: 1, description: 'At most so many.' }),
  };

  async run(): Promise<CheckpointListResult | undefined> {
    const { args, flags } = await this.parse(CheckpointList);
    const workflow = await import('../../cli/checkpoint/list-checkpoints.ts');
    const kind = flags.savepoints ? 'savepoints' : flags.checkpoints ? 'checkpoints' : 'all';
    return this.answer(flags, {
      ask: (session) =>
        workflow.listCheckpoints(session, {
          job: args.job,
          kind,
          failedOnly: flags.failed,
          limit: flags.limit ?? null,
        }),
      view: workflow.checkpointListView,
    });
  }
}
