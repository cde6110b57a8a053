import { Args, Flags } from '@oclif/core';
import type { RemoveResult } from '../../cli/context/change-current.ts';
import { DreyCommand } from '../../cli/drey-command.ts';

export default class ContextRemove extends DreyCommand {
  static override summary = 'Forget a context';
  static override description =
    'Takes it out of the file with the contexts. Nothing changes in the cluster, and secrets stay where they are.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> lab --yes',
    '<%= config.bin %> <%= command.id %> lab --yes --json',
  ];
  static override args = {
    name: Args.string({ required: true, description: 'Name of the context.' }),
  };
  static override flags = {
    yes: Flags.boolean({ char: 'y', description: 'Do not ask; needed where nobody can be asked.' }),
  };

  async run(): Promise<RemoveResult> {
    const { args, flags } = await this.parse(ContextRemove);
    const [{ askBefore }, { removeContext }] = await Promise.all([
      import('../../cli/cluster/confirm-change.ts'),
      import('../../cli/context/change-current.ts'),
    ]);
    const result = await removeContext(args.name, this.world.platform, async () => {
      if (!flags.yes) await askBefore(this.world, `forget the context ${args.name}`);
    });
    await this.show(`forgot the context ${args.name}\n`);
    return result;
  }
}
