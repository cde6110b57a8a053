import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { changeFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import type { DisposeResult } from '../../cli/savepoint/dispose-savepoint.ts';

export default class SavepointDispose extends ClusterCommand {
  static override summary = 'Have the cluster delete a savepoint';
  static override description =
    'Refuses when a job of the cluster would go back to the savepoint after a failure. The JobManager must be able to reach the files.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> s3://bucket/savepoints/savepoint-d65e9c-910a2950af14',
    '<%= config.bin %> <%= command.id %> file:///savepoints/savepoint-1 --yes --if-exists',
    '<%= config.bin %> <%= command.id %> s3://bucket/savepoints/savepoint-1 --dry-run',
  ];
  static override args = {
    location: Args.string({ required: true, description: 'Where the savepoint is.' }),
  };
  static override flags = {
    ...changeFlagDeclarations,
    'if-exists': Flags.boolean({ description: 'Something that is gone already is a success.' }),
    force: Flags.boolean({ description: 'Delete it although a job needs it.' }),
    via: Flags.string({
      options: ['rest'],
      default: 'rest',
      description: 'Who deletes the files: the cluster, over REST.',
    }),
  };

  async run(): Promise<DisposeResult | undefined> {
    const { args, flags } = await this.parse(SavepointDispose);
    const workflow = await import('../../cli/savepoint/dispose-savepoint.ts');
    return this.answer(flags, {
      ask: (session) =>
        workflow.disposeSavepoint(session, {
          location: args.location,
          isConfirmed: flags.yes,
          isDryRun: flags['dry-run'],
          ifExists: flags['if-exists'],
          force: flags.force,
        }),
      view: workflow.disposeView,
    });
  }
}
