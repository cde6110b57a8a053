import { Args } from '@oclif/core';
import { DreyCommand } from '../../cli/drey-command.ts';
import type { FunctionsResult } from '../../cli/pipeline/list-functions.ts';

export default class PipelineFunctions extends DreyCommand {
  static override summary = 'List the functions and operators of expressions';
  static override description =
    'The names are those of the Flink SQL documentation. With a name, prints all its forms.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> SUBSTRING',
    '<%= config.bin %> <%= command.id %> --json',
  ];
  static override args = { name: Args.string({ description: 'Name of a function or operator.' }) };

  async run(): Promise<FunctionsResult> {
    const { args } = await this.parse(PipelineFunctions);
    const { listFunctions, functionsText } = await import('../../cli/pipeline/list-functions.ts');
    const result = await listFunctions(args.name);
    await this.show(functionsText(result, this.palette));
    return result;
  }
}
