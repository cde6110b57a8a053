import { Flags } from '@oclif/core';
import { DreyCommand } from '../../cli/drey-command.ts';
import {
  pipelineFileArgument,
  pipelineFlagDeclarations,
  pipelineRequestOf,
} from '../../cli/pipeline-flags.ts';
import type { GraphFormat, GraphResult } from '../../cli/pipeline/draw-pipeline.ts';

const formats: readonly GraphFormat[] = ['text', 'mermaid', 'dot', 'svg'];

export default class PipelineGraph extends DreyCommand {
  static override summary = 'Draw the nodes of a pipeline';
  static override description =
    'Draws which node reads which, as a tree for the terminal or in a language for documents.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> pipeline.yaml',
    '<%= config.bin %> <%= command.id %> pipeline.yaml --format mermaid',
    '<%= config.bin %> <%= command.id %> pipeline.yaml --format svg > pipeline.svg',
  ];
  static override args = { file: pipelineFileArgument };
  static override flags = {
    ...pipelineFlagDeclarations,
    format: Flags.option({
      options: formats,
      default: 'text' as const,
      description: 'Language of the drawing.',
    })(),
  };

  async run(): Promise<GraphResult> {
    const { args, flags } = await this.parse(PipelineGraph);
    const { graphOfPipeline, drawGraph } = await import('../../cli/pipeline/draw-pipeline.ts');
    const request = pipelineRequestOf(args.file, flags);
    const result = await graphOfPipeline(request, this.world.platform);
    await this.show(await drawGraph(result, flags.format, this.palette));
    return result;
  }
}
