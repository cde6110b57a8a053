import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { watchFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import { failOnFlag, failOnOf } from '../../cli/fail-on-flag.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { BottleneckResult } from '../../cli/job/bottleneck-of-job.ts';

export default class JobBottleneck extends ClusterCommand {
  static override summary = 'Say which vertex limits a running job, and why';
  static override description =
    'Looks at how busy and how back-pressured all subtasks are and names the vertex that the others wait for, with the figures and with what to do: more subtasks (how many), skew of keys, a slow sink, a busy source, or nothing at all. Waits some seconds where the cluster has no samples yet.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job --fail-on critical',
    '<%= config.bin %> <%= command.id %> d65e9c --json',
  ];
  static override args = { job: jobArgument };
  static override flags = { ...watchFlagDeclarations, 'fail-on': failOnFlag };

  async run(): Promise<BottleneckResult | undefined> {
    const { args, flags } = await this.parse(JobBottleneck);
    const [{ bottleneckOfJob, exitStatusOf }, { bottleneckView }] = await Promise.all([
      import('../../cli/job/bottleneck-of-job.ts'),
      import('../../cli/job/bottleneck-view.ts'),
    ]);
    return this.answer(flags, {
      ask: (session) => bottleneckOfJob(session, args.job),
      view: bottleneckView,
      exitStatus: exitStatusOf(failOnOf(flags['fail-on'])),
    });
  }
}
