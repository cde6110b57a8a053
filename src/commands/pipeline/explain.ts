import { DreyCommand } from '../../cli/drey-command.ts';
import {
  pipelineFileArgument,
  pipelineFlagDeclarations,
  pipelineRequestOf,
} from '../../cli/pipeline-flags.ts';
import type { ExplainResult } from '../../cli/pipeline/explain-pipeline.ts';

export default class PipelineExplain extends DreyCommand {
  static override summary = 'Show what each node of a pipeline does and keeps';
  static override description =
    'Prints the operators with their inputs, columns, types and state, and says which configuration keys take effect in the embedded engine and which on a Flink cluster.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> pipeline.yaml',
    '<%= config.bin %> <%= command.id %> pipeline.yaml --json',
  ];
  static override args = { file: pipelineFileArgument };
  static override flags = pipelineFlagDeclarations;

  async run(): Promise<ExplainResult> {
    const { args, flags } = await this.parse(PipelineExplain);
    const { explainPipeline } = await import('../../cli/pipeline/explain-pipeline.ts');
    const { explainText } = await import('../../cli/pipeline/explain-text.ts');
    const request = pipelineRequestOf(args.file, flags);
    const result = await explainPipeline(request, this.world.platform);
    await this.show(explainText(result, this.palette));
    return result;
  }
}
