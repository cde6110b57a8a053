import { Args, Flags } from '@oclif/core';
import { DreyCommand } from '../../cli/drey-command.ts';
import type { InitResult } from '../../cli/init/init-pipeline.ts';

export default class PipelineInit extends DreyCommand {
  static override summary = 'Write a small pipeline to start from';
  static override description =
    'Writes a pipeline file, a data file for it and a test, all runnable as they stand. Files that are there already are left alone, and the command then exits with 5.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> my-pipeline',
  ];
  static override args = {
    folder: Args.string({ default: '.', description: 'Where to write; made when missing.' }),
  };
  static override flags = {
    force: Flags.boolean({ description: 'Replace files that are there already.' }),
  };

  async run(): Promise<InitResult> {
    const { args, flags } = await this.parse(PipelineInit);
    const { initPipeline, initText } = await import('../../cli/init/init-pipeline.ts');
    const request = { folder: args.folder, force: flags.force };
    const result = await initPipeline(request, this.world.platform.files);
    await this.show(initText(result));
    return result;
  }
}
