import { Args } from '@oclif/core';
import type { UseResult } from '../../cli/context/change-current.ts';
import { DreyCommand } from '../../cli/drey-command.ts';

export default class ContextUse extends DreyCommand {
  static override summary = 'Make a context the current one';
  static override description =
    'Commands ask the cluster of the current context unless a flag or variable names another.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> prod',
    '<%= config.bin %> <%= command.id %> local --json',
  ];
  static override args = {
    name: Args.string({ required: true, description: 'Name of the context.' }),
  };

  async run(): Promise<UseResult> {
    const { args } = await this.parse(ContextUse);
    const { useContext, useText } = await import('../../cli/context/change-current.ts');
    const result = await useContext(args.name, this.world.platform);
    await this.show(useText(result));
    return result;
  }
}
