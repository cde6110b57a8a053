import { Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { ExceptionsResult } from '../../cli/job/exceptions-of-job.ts';

export default class JobExceptions extends ClusterCommand {
  static override summary = 'Show why a job failed or restarted';
  static override description =
    'Shows the history of failures, the newest first: when, which task, on which TaskManager, and the deepest cause; below it the exceptions around that cause and the tasks that failed along with it.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job --entries 1 --trace',
    '<%= config.bin %> <%= command.id %> d65e9c --json',
  ];
  static override args = { job: jobArgument };
  static override flags = {
    entries: Flags.integer({
      default: 10,
      min: 1,
      max: 1000,
      helpValue: 'COUNT',
      description: 'How many failures to show; a cluster keeps 16 by default.',
    }),
    trace: Flags.boolean({ description: 'Show the whole stack trace of each.' }),
  };

  async run(): Promise<ExceptionsResult | undefined> {
    const { args, flags } = await this.parse(JobExceptions);
    const [{ exceptionsOfJob }, { exceptionsView }] = await Promise.all([
      import('../../cli/job/exceptions-of-job.ts'),
      import('../../cli/job/exceptions-view.ts'),
    ]);
    return this.answer(flags, {
      ask: (session) => exceptionsOfJob(session, { job: args.job, entriesMax: flags.entries }),
      view: (result) => exceptionsView(result, flags.trace),
    });
  }
}
