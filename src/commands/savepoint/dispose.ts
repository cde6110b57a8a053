import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { changeFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import type { DisposeResult } from '../../cli/savepoint/dispose-savepoint.ts';

export default class SavepointDispose extends ClusterCommand {
  static override summary = 'Delete a savepoint';
  static override description =
    'A savepoint or checkpoint that drey has written to a local folder is deleted there, unless its pipeline runs. For others the cluster is asked, whose JobManager must be able to reach the files; it is refused when a job of the cluster would go back to the savepoint after a failure.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> s3://bucket/savepoints/savepoint-d65e9c-910a2950af14',
    '<%= config.bin %> <%= command.id %> file:///savepoints/savepoint-1 --yes --if-exists',
    '<%= config.bin %> <%= command.id %> s3://bucket/savepoints/savepoint-1 --dry-run',
    '<%= config.bin %> <%= command.id %> ./savepoints/savepoint-d65e9c-910a2950af14 --via fs',
  ];
  static override args = {
    location: Args.string({ required: true, description: 'Where the savepoint is.' }),
  };
  static override flags = {
    ...changeFlagDeclarations,
    'if-exists': Flags.boolean({ description: 'Something that is gone already is a success.' }),
    force: Flags.boolean({ description: 'Delete it although a job needs it.' }),
    via: Flags.string({
      options: ['auto', 'fs', 'rest'],
      default: 'auto',
      description:
        'Who deletes the files: this process (fs), the cluster over REST, or who can; auto takes fs for local folders of drey.',
    }),
  };

  async run(): Promise<DisposeResult | undefined> {
    const { args, flags } = await this.parse(SavepointDispose);
    const workflow = await import('../../cli/savepoint/dispose-savepoint.ts');
    const request = {
      location: args.location,
      isConfirmed: flags.yes,
      isDryRun: flags['dry-run'],
      ifExists: flags['if-exists'],
      force: flags.force,
    };
    if (flags.via !== 'rest') {
      const { disposeLocally } = await import('../../cli/snapshot/dispose-snapshot.ts');
      const result = await disposeLocally(this.world, request, flags.via);
      if (result !== null) return this.answerHere(flags, result, workflow.disposeView(result));
    }
    return this.answer(flags, {
      ask: (session) => workflow.disposeSavepoint(session, request),
      view: workflow.disposeView,
    });
  }
}
