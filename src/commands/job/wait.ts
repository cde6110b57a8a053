import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { awaitedStateFlag } from '../../cli/job/awaited-state-flag.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { JobStateResult } from '../../cli/job/wait-for-job.ts';

export default class JobWait extends ClusterCommand {
  static override summary = 'Wait until a job is in a state, or has ended';
  static override description =
    'Ends with 0 when the job came to the state, with 6 when it failed or ended otherwise, and with 7 when --timeout was over before. RUNNING means that all its tasks run, which a savepoint needs.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job --for RUNNING --timeout 2min',
    '<%= config.bin %> <%= command.id %> d65e9c --for FINISHED --for CANCELED',
  ];
  static override args = { job: jobArgument };
  static override flags = { for: awaitedStateFlag };

  async run(): Promise<JobStateResult | undefined> {
    const { args, flags } = await this.parse(JobWait);
    const { jobStateView, waitForJob } = await import('../../cli/job/wait-for-job.ts');
    return this.answer(flags, {
      ask: (session) => waitForJob(session, { job: args.job, awaited: flags.for }),
      view: jobStateView,
    });
  }
}
