import { Args } from '@oclif/core';
import { listingFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import { DreyCommand } from '../../cli/drey-command.ts';
import type { ShownSnapshot } from '../../cli/snapshot/show-snapshot.ts';
import { directoryFlag, requiredFolder } from '../../cli/snapshot/snapshot-place.ts';

export default class SavepointShow extends DreyCommand {
  static override baseFlags = listingFlagDeclarations;
  static override summary = 'Show one savepoint by operator, and verify it';
  static override description =
    'Reads every byte of a savepoint that the embedded engine has written. Ends with 12 when it is not as it was written.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> ./savepoints/savepoint-d65e9c-910a2950af14',
    '<%= config.bin %> <%= command.id %> --dir ./savepoints latest --json',
  ];
  static override args = {
    savepoint: Args.string({
      description:
        'Its path; with --dir its name or id, or latest, which is also meant without it.',
    }),
  };
  static override flags = { dir: directoryFlag };

  async run(): Promise<ShownSnapshot> {
    const { args, flags } = await this.parse(SavepointShow);
    const { platform } = this.world;
    const path = requiredFolder(args.savepoint, flags.dir, platform.workingDirectory);
    const workflow = await import('../../cli/snapshot/show-snapshot.ts');
    const result = await workflow.showIn(platform, path, {
      which: flags.dir === undefined ? null : (args.savepoint ?? 'latest'),
      savepointsOnly: true,
    });
    this.exitStatus = workflow.exitOf(result);
    await this.print(flags, result, workflow.shownSnapshotView(result));
    return result;
  }
}
