import { DreyCommand } from '../../cli/drey-command.ts';
import {
  pipelineFileArgument,
  pipelineFlagDeclarations,
  pipelineRequestOf,
} from '../../cli/pipeline-flags.ts';
import type { ValidateResult } from '../../cli/pipeline/validate-pipeline.ts';
import { exitCodes } from '../../errors/exit-codes.ts';

export default class PipelineValidate extends DreyCommand {
  static override summary = 'Check a pipeline file without running it';
  static override description =
    'Reports everything that is wrong in the file at once, each finding with its place. Exits with 3 when one of them is an error; warnings alone exit with 0.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> pipeline.yaml',
    '<%= config.bin %> <%= command.id %> pipeline.yaml --param EVENTS=./events.jsonl --json',
    '<%= config.bin %> <%= command.id %> - --strict < pipeline.yaml',
  ];
  static override args = { file: pipelineFileArgument };
  static override flags = pipelineFlagDeclarations;

  async run(): Promise<ValidateResult> {
    const { args, flags } = await this.parse(PipelineValidate);
    const { validatePipeline, validationText } =
      await import('../../cli/pipeline/validate-pipeline.ts');
    const request = pipelineRequestOf(args.file, flags);
    const validation = await validatePipeline(request, this.world.platform);
    await this.show(await validationText(validation));
    if (!validation.result.valid) this.exitStatus = exitCodes.input;
    return validation.result;
  }
}
