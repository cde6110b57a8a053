import { DreyCommand } from '../../cli/drey-command.ts';
import { graphFormatFlag } from '../../cli/graph-format-flag.ts';
import {
  pipelineFileArgument,
  pipelineFlagDeclarations,
  pipelineRequestOf,
} from '../../cli/pipeline-flags.ts';
import type { GraphResult } from '../../cli/pipeline/draw-pipeline.ts';

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
    format: graphFormatFlag,
  };

  async run(): Promise<GraphResult> {
    const { args, flags } = await this.parse(PipelineGraph);
    const { graphOfPipeline } = await import('../../cli/pipeline/draw-pipeline.ts');
    const { drawGraph } = await import('../../output/graph/draw-graph.ts');
    const request = pipelineRequestOf(args.file, flags);
    const result = await graphOfPipeline(request, this.world.platform);
    await this.show(drawGraph(result, { format: flags.format, palette: this.palette }));
    return result;
  }
}
