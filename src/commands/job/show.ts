import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { watchFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { JobShowResult } from '../../cli/job/show-job.ts';

export default class JobShow extends ClusterCommand {
  static override summary = 'Show the state of one job';
  static override description =
    'Shows since when the job is in which state, why it failed last, how busy and how back-pressured each vertex is, and which checkpoints and savepoints could be restored.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> d65e9c -o wide --watch',
    "<%= config.bin %> <%= command.id %> my-job --json | jq -r '.checkpoints.latestCompleted.location'",
  ];
  static override args = { job: jobArgument };
  static override flags = watchFlagDeclarations;

  async run(): Promise<JobShowResult | undefined> {
    const { args, flags } = await this.parse(JobShow);
    const [{ showJob }, { showJobView }] = await Promise.all([
      import('../../cli/job/show-job.ts'),
      import('../../cli/job/show-job-view.ts'),
    ]);
    return this.answer(flags, {
      ask: (session) => showJob(session, args.job),
      view: showJobView,
    });
  }
}
