import { listingFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import type { ContextListResult } from '../../cli/context/list-contexts.ts';
import { DreyCommand } from '../../cli/drey-command.ts';

export default class ContextList extends DreyCommand {
  static override baseFlags = listingFlagDeclarations;
  static override summary = 'List the contexts';
  static override description =
    'The current one has a star. DREY_CONFIG names the file; otherwise it is config.yaml in the place of the system.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -o wide',
    '<%= config.bin %> <%= command.id %> -o name',
  ];

  async run(): Promise<ContextListResult> {
    const { flags } = await this.parse(ContextList);
    const { contextListView, listContexts } = await import('../../cli/context/list-contexts.ts');
    const result = await listContexts(this.world.platform);
    await this.print(flags, result, contextListView(result));
    return result;
  }
}
