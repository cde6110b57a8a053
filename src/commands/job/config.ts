import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { JobConfigResult } from '../../cli/job/config-of-job.ts';

export default class JobConfig extends ClusterCommand {
  static override summary = 'Show how a job is configured';
  static override description =
    'Shows what the job really runs with, whatever file or flag it came from: execution, checkpoints, and the parameters that its program made global.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job -o yaml',
    '<%= config.bin %> <%= command.id %> d65e9c --json',
  ];
  static override args = { job: jobArgument };

  async run(): Promise<JobConfigResult | undefined> {
    const { args, flags } = await this.parse(JobConfig);
    const { configOfJob, jobConfigView } = await import('../../cli/job/config-of-job.ts');
    return this.answer(flags, {
      ask: (session) => configOfJob(session, args.job),
      view: jobConfigView,
    });
  }
}
