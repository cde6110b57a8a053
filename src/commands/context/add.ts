import { Args, Flags } from '@oclif/core';
import type { ContextResult } from '../../cli/context/add-context.ts';
import { contextFlagDeclarations, addRequestOf } from '../../cli/context/context-flags.ts';
import { DreyCommand } from '../../cli/drey-command.ts';

export default class ContextAdd extends DreyCommand {
  static override summary = 'Keep the address of a cluster, and where its credentials are';
  static override description =
    'Writes a context into the file with the contexts. A secret is never written, only where it is: a variable, a file that only its owner can read, or a command that prints it. The first context becomes the current one. What the flags do not cover is in docs/reference/contexts.md.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> local --url http://localhost:8081',
    '<%= config.bin %> <%= command.id %> prod --url https://flink.example/prod --token-env PROD_TOKEN --read-only --use',
    '<%= config.bin %> <%= command.id %> lab --url https://lab.example --user me --password-file ~/.secrets/lab --ca ca.pem',
  ];
  static override args = {
    name: Args.string({ required: true, description: 'Name of the context.' }),
  };
  static override flags = {
    ...contextFlagDeclarations,
    use: Flags.boolean({ description: 'Make it the current context.' }),
    force: Flags.boolean({ description: 'Replace a context of this name.' }),
  };

  // --url and --timeout are those of the context here.
  protected override readonly reachesCluster = true;

  async run(): Promise<ContextResult> {
    const { args, flags } = await this.parse(ContextAdd);
    const { addContext, addText } = await import('../../cli/context/add-context.ts');
    const result = await addContext(addRequestOf(args.name, flags), this.world.platform);
    await this.show(addText(result));
    return result;
  }
}
