import { Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { watchFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { MetricsResult } from '../../cli/job/metrics-of-job.ts';

export default class JobMetrics extends ClusterCommand {
  static override summary = 'Show metrics of a job or of one of its vertices';
  static override description =
    'After the job come names of metrics, in which * and ? stand for other characters; without names you see all metrics of the job, or those of the vertex that matter most. A vertex has its values as minimum, mean, maximum and sum over its subtasks.';
  static override usage = 'job metrics JOB [NAME...] [--vertex VERTEX] [--subtasks]';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job --vertex "count per key" --watch',
    "<%= config.bin %> <%= command.id %> my-job '*Watermark*' --vertex b71731 --subtasks",
    '<%= config.bin %> <%= command.id %> my-job --vertex b71731 --list',
  ];
  static override args = { job: jobArgument };
  static override strict = false;
  static override flags = {
    ...watchFlagDeclarations,
    vertex: Flags.string({
      helpValue: 'VERTEX',
      description: 'Metrics of this vertex: its id, a prefix of it, its name or a part of that.',
    }),
    subtasks: Flags.boolean({
      dependsOn: ['vertex'],
      description: 'Each subtask by itself.',
    }),
    list: Flags.boolean({ description: 'Only the names.', exclusive: ['watch'] }),
  };

  async run(): Promise<MetricsResult | undefined> {
    const { args, argv, flags } = await this.parse(JobMetrics);
    const [{ FreshMetrics }, { metricsOfJob }, { MetricHistory, metricsView }] = await Promise.all([
      import('../../cli/job/fresh-metrics.ts'),
      import('../../cli/job/metrics-of-job.ts'),
      import('../../cli/job/metrics-view.ts'),
    ]);
    const fresh = new FreshMetrics();
    const history = new MetricHistory();
    return this.answer(flags, {
      ask: async (session) =>
        history.remember(
          await metricsOfJob(session, {
            job: args.job,
            patterns: argv.slice(1).map(String),
            vertex: flags.vertex ?? null,
            bySubtask: flags.subtasks,
            listsNames: flags.list,
            fresh,
          }),
        ),
      view: (result) => metricsView(result, history),
    });
  }
}
