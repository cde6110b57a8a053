import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import {
  savepointFlagDeclarations,
  savepointFormatOf,
} from '../../cli/savepoint/savepoint-flags.ts';
import type { TriggerResult } from '../../cli/savepoint/trigger-savepoint.ts';

export default class SavepointTrigger extends ClusterCommand {
  static override summary = 'Take a savepoint of a job and wait until it is complete';
  static override description =
    'Sends an identifier of its own, so that one request makes one savepoint although answers get lost. Waits as long as the job gives a checkpoint, unless --timeout says otherwise; after that the savepoint goes on, and the command that goes on waiting is printed.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> d65e9c --target-directory s3://bucket/savepoints --format native',
    '<%= config.bin %> <%= command.id %> my-job --detach -o name',
  ];
  static override args = { job: jobArgument };
  static override flags = savepointFlagDeclarations;

  async run(): Promise<TriggerResult | undefined> {
    const { args, flags } = await this.parse(SavepointTrigger);
    const workflow = await import('../../cli/savepoint/trigger-savepoint.ts');
    return this.answer(flags, {
      ask: (session) =>
        workflow.triggerAndWait(session, {
          job: args.job,
          targetDirectory: flags['target-directory'] ?? null,
          format: savepointFormatOf(flags.format),
          detach: flags.detach,
        }),
      view: workflow.triggerView,
    });
  }
}
