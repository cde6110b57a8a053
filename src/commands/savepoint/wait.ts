import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { SavepointStatusResult } from '../../cli/savepoint/savepoint-status.ts';

export default class SavepointWait extends ClusterCommand {
  static override summary = 'Wait for a savepoint that was triggered';
  static override description =
    'Goes on where savepoint trigger --detach, a timeout or Ctrl-C left off. Ends with 6 when it failed, with 7 at the timeout, with 10 when the cluster has forgotten it.';
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
    const { args, flags } = await this.parse(SavepointWait);
    const workflow = await import('../../cli/savepoint/savepoint-status.ts');
    return this.answer(flags, {
      ask: (session) => workflow.waitForSavepoint(session, args),
      view: workflow.savepointStatusView,
      exitStatus: workflow.statusExit,
    });
  }
}
