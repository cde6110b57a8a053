import { Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { StopResult } from '../../cli/job/stop-job.ts';
import {
  savepointFlagDeclarations,
  savepointFormatOf,
} from '../../cli/savepoint/savepoint-flags.ts';

export default class JobStop extends ClusterCommand {
  static override summary = 'Stop a job with a savepoint';
  static override description =
    'Takes a savepoint and lets the job end FINISHED. When the job does not stop although its savepoint is complete, the path is printed all the same, and the exit status is 6.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> d65e9c --target-directory s3://bucket/savepoints',
    '<%= config.bin %> <%= command.id %> my-job --drain --json',
  ];
  static override args = { job: jobArgument };
  static override flags = {
    ...savepointFlagDeclarations,
    drain: Flags.boolean({
      description:
        'Let all windows and timers fire before; the job cannot go on from such a savepoint.',
    }),
  };

  async run(): Promise<StopResult | undefined> {
    const { args, flags } = await this.parse(JobStop);
    const { stopJob, stopView } = await import('../../cli/job/stop-job.ts');
    return this.answer(flags, {
      ask: (session) =>
        stopJob(session, {
          job: args.job,
          targetDirectory: flags['target-directory'] ?? null,
          format: savepointFormatOf(flags.format),
          drain: flags.drain,
          detach: flags.detach,
        }),
      view: stopView,
    });
  }
}
