import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { JobPlanResult } from '../../cli/job/plan-job.ts';
import { graphFormatFlag } from '../../cli/graph-format-flag.ts';

export default class JobPlan extends ClusterCommand {
  static override summary = 'Draw the graph of a job';
  static override description =
    'Shows the vertices of a job with their parallelism, the operators chained in each, and how records get from one to the next (HASH, REBALANCE, FORWARD ...).';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job --format svg > my-job.svg',
    '<%= config.bin %> <%= command.id %> d65e9c --json',
  ];
  static override args = { job: jobArgument };
  static override flags = { format: graphFormatFlag };

  async run(): Promise<JobPlanResult | undefined> {
    const { args, flags } = await this.parse(JobPlan);
    const [{ planOfJob }, { planView }] = await Promise.all([
      import('../../cli/job/plan-job.ts'),
      import('../../cli/job/plan-view.ts'),
    ]);
    return this.answer(flags, {
      ask: (session) => planOfJob(session, args.job),
      view: (plan) => planView(plan, flags.format),
    });
  }
}
