import { DreyCommand } from '../../cli/drey-command.ts';
import {
  pipelineFileArgument,
  pipelineFlagDeclarations,
  pipelineRequestOf,
} from '../../cli/pipeline-flags.ts';
import type { TestResult } from '../../cli/pipeline-test/test-pipeline.ts';

export default class PipelineTest extends DreyCommand {
  static override summary = 'Run the tests that a pipeline file carries';
  static override description =
    'Runs the steps under `tests` in the embedded engine, with the rows of the file in place of the sources. Exits with 8 when a test fails.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> pipeline.yaml',
    '<%= config.bin %> <%= command.id %> pipeline.yaml --json',
  ];
  static override args = { file: pipelineFileArgument };
  static override flags = pipelineFlagDeclarations;

  async run(): Promise<TestResult> {
    const { args, flags } = await this.parse(PipelineTest);
    const { requireAllPassed, testPipeline, testText } =
      await import('../../cli/pipeline-test/test-pipeline.ts');
    const request = pipelineRequestOf(args.file, flags);
    const result = await testPipeline(request, this.world.platform);
    await this.show(testText(result, this.palette));
    requireAllPassed(result);
    return result;
  }
}
