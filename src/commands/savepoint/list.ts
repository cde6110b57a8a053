import { Args } from '@oclif/core';
import { listingFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import { DreyCommand } from '../../cli/drey-command.ts';
import type { SavepointListResult } from '../../cli/snapshot/list-savepoints.ts';
import { directoryFlag, requiredFolder } from '../../cli/snapshot/snapshot-place.ts';

export default class SavepointList extends DreyCommand {
  static override baseFlags = listingFlagDeclarations;
  static override summary = 'List the savepoints in a folder';
  static override description =
    'Shows those that the embedded engine has written, newest first, also what is incomplete or broken. Their manifests are read and the lengths of their files compared; savepoint show reads every byte.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dir ./savepoints',
    '<%= config.bin %> <%= command.id %> ./state/checkpoints -o wide',
    '<%= config.bin %> <%= command.id %> --dir ./savepoints -o name',
  ];
  static override args = {
    path: Args.string({ description: 'The folder; the same as --dir.' }),
  };
  static override flags = { dir: directoryFlag };

  async run(): Promise<SavepointListResult> {
    const { args, flags } = await this.parse(SavepointList);
    const { platform } = this.world;
    const directory = requiredFolder(args.path, flags.dir, platform.workingDirectory);
    const workflow = await import('../../cli/snapshot/list-savepoints.ts');
    const result = await workflow.listSavepoints(platform, directory);
    await this.print(flags, result, workflow.savepointListView(result));
    return result;
  }
}
