import { Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { RescaleResult } from '../../cli/job/rescale-job.ts';

export default class JobRescale extends ClusterCommand {
  static override summary = 'Change the parallelism of a running job';
  static override description =
    'Sets the upper bound of the parallelism of all vertices, or of some; the job keeps its state and gets what there are slots for. Needs the adaptive scheduler (Flink 1.18 and later). Waits until the job runs so. Without a flag it shows the bounds.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job --parallelism 8',
    '<%= config.bin %> <%= command.id %> my-job --vertex "count per key=2:8" --dry-run',
  ];
  static override args = { job: jobArgument };
  static override flags = {
    parallelism: Flags.integer({
      char: 'p',
      min: 1,
      exclusive: ['vertex'],
      description: 'Upper bound for all vertices; lower bounds are lowered where they are above.',
    }),
    vertex: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'VERTEX=[LOWER:]UPPER',
      description: 'Bounds of one vertex, by id, prefix or name; may be repeated.',
    }),
    detach: Flags.boolean({
      char: 'd',
      description: 'Do not wait until the job runs with its new parallelism.',
    }),
    'dry-run': Flags.boolean({ description: 'Say what would be done, and do nothing.' }),
  };

  async run(): Promise<RescaleResult | undefined> {
    const { args, flags } = await this.parse(JobRescale);
    const [{ rescaleJob }, { rescaleView }] = await Promise.all([
      import('../../cli/job/rescale-job.ts'),
      import('../../cli/job/rescale-view.ts'),
    ]);
    return this.answer(flags, {
      ask: (session) =>
        rescaleJob(session, {
          job: args.job,
          parallelism: flags.parallelism ?? null,
          vertices: flags.vertex ?? [],
          detach: flags.detach,
          isDryRun: flags['dry-run'],
        }),
      view: rescaleView,
    });
  }
}
