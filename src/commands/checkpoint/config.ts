import type { CheckpointConfigResult } from '../../cli/checkpoint/checkpoint-config.ts';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';

export default class CheckpointConfig extends ClusterCommand {
  static override summary = 'Show how a job takes checkpoints';
  static override description =
    'Interval, timeout, alignment, storage, and whether they stay after the job.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job -o yaml',
  ];
  static override args = { job: jobArgument };

  async run(): Promise<CheckpointConfigResult | undefined> {
    const { args, flags } = await this.parse(CheckpointConfig);
    const workflow = await import('../../cli/checkpoint/checkpoint-config.ts');
    return this.answer(flags, {
      ask: (session) => workflow.checkpointConfig(session, args.job),
      view: workflow.checkpointConfigView,
    });
  }
}
