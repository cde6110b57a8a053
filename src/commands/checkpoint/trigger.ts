import { Flags } from '@oclif/core';
import type { CheckpointTriggerResult } from '../../cli/checkpoint/trigger-checkpoint.ts';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';

export default class CheckpointTrigger extends ClusterCommand {
  static override summary = 'Take a checkpoint of a job now';
  static override description =
    'A checkpoint belongs to Flink and is deleted once it is replaced; what shall stay is a savepoint.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job --full',
    '<%= config.bin %> <%= command.id %> my-job --detach --json',
  ];
  static override args = { job: jobArgument };
  static override flags = {
    full: Flags.boolean({
      exclusive: ['incremental'],
      description: 'Write the whole state, also where checkpoints are incremental.',
    }),
    incremental: Flags.boolean({ description: 'Write what changed; Flink 1.17 only.' }),
    detach: Flags.boolean({ char: 'd', description: 'Do not wait until it is complete.' }),
  };

  async run(): Promise<CheckpointTriggerResult | undefined> {
    const { args, flags } = await this.parse(CheckpointTrigger);
    const workflow = await import('../../cli/checkpoint/trigger-checkpoint.ts');
    const kind = flags.full ? 'FULL' : flags.incremental ? 'INCREMENTAL' : 'CONFIGURED';
    return this.answer(flags, {
      ask: (session) =>
        workflow.takeCheckpoint(session, { job: args.job, kind, detach: flags.detach }),
      view: workflow.checkpointTriggerView,
    });
  }
}
