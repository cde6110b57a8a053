import { Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { changeFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import type { CancelResult } from '../../cli/job/cancel-job.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';

export default class JobCancel extends ClusterCommand {
  static override summary = 'Cancel jobs without a savepoint';
  static override description =
    'Asks first, because what a job has read since its last checkpoint is read again by its successor; job stop takes a savepoint. Waits until the jobs are CANCELED.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> d65e9c 3a4ac5 --yes',
    '<%= config.bin %> <%= command.id %> my-job --dry-run',
    '<%= config.bin %> <%= command.id %> my-job --yes --if-exists --detach',
  ];
  // More than one is taken from argv.
  static override strict = false;
  static override args = { job: jobArgument };
  static override flags = {
    ...changeFlagDeclarations,
    'if-exists': Flags.boolean({
      description: 'A job that is unknown, or has ended in another way, is no failure.',
    }),
    detach: Flags.boolean({ char: 'd', description: 'Do not wait until they are CANCELED.' }),
  };

  async run(): Promise<CancelResult | undefined> {
    const { argv, flags } = await this.parse(JobCancel);
    const { cancelJobs, cancelView } = await import('../../cli/job/cancel-job.ts');
    return this.answer(flags, {
      ask: (session) =>
        cancelJobs(session, {
          jobs: argv.map(String),
          ifExists: flags['if-exists'],
          detach: flags.detach,
          isConfirmed: flags.yes,
          isDryRun: flags['dry-run'],
        }),
      view: cancelView,
    });
  }
}
