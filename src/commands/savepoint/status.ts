import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { SavepointStatusResult } from '../../cli/savepoint/savepoint-status.ts';

export default class SavepointStatus extends ClusterCommand {
  static override summary = 'Say what became of a savepoint that was triggered';
  static override description =
    'Ends with 0 while it is in progress and when it is complete, with 6 when it failed, and with 10 when the cluster has forgotten it, which it does five minutes after the end.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job 5c1f0e1b2a3d4c5e6f708192a3b4c5d6',
    '<%= config.bin %> <%= command.id %> my-job 5c1f0e1b2a3d4c5e6f708192a3b4c5d6 --json',
  ];
  static override args = {
    job: jobArgument,
    trigger: Args.string({
      required: true,
      description: 'Trigger id, as savepoint trigger --detach prints it.',
    }),
  };

  async run(): Promise<SavepointStatusResult | undefined> {
    const { args, flags } = await this.parse(SavepointStatus);
    const workflow = await import('../../cli/savepoint/savepoint-status.ts');
    return this.answer(flags, {
      ask: (session) => workflow.savepointStatus(session, args),
      view: workflow.savepointStatusView,
      exitStatus: workflow.statusExit,
    });
  }
}
