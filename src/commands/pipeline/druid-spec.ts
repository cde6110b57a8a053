import { Flags } from '@oclif/core';
import { DreyCommand } from '../../cli/drey-command.ts';
import {
  pipelineFileArgument,
  pipelineFlagDeclarations,
  pipelineRequestOf,
} from '../../cli/pipeline-flags.ts';
import type { DruidSpecResult } from '../../cli/pipeline/druid-specs.ts';

export default class PipelineDruidSpec extends DreyCommand {
  static override summary = 'Print or submit the supervisor spec of a druid sink';
  static override description =
    'The spec says how Druid takes the topic of the sink in: time, dimensions, metrics, granularities. With --submit it is posted to the Overlord; the same spec again changes nothing.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> pipeline.yaml > supervisor.json',
    '<%= config.bin %> <%= command.id %> pipeline.yaml --submit --overlord http://localhost:8081',
  ];
  static override args = { file: pipelineFileArgument };
  static override flags = {
    ...pipelineFlagDeclarations,
    sink: Flags.string({ description: 'The sink; all druid sinks when left out.' }),
    submit: Flags.boolean({ description: 'Post it to the Overlord.' }),
    overlord: Flags.string({
      helpValue: 'URL',
      description: 'The Overlord or Router, in place of the one in the file.',
    }),
  };

  async run(): Promise<DruidSpecResult> {
    const { args, flags } = await this.parse(PipelineDruidSpec);
    const { druidSpecs, druidSpecText } = await import('../../cli/pipeline/druid-specs.ts');
    const request = {
      ...pipelineRequestOf(args.file, flags),
      sink: flags.sink ?? null,
      submits: flags.submit,
      overlord: flags.overlord ?? null,
    };
    const result = await druidSpecs(request, this.world.platform);
    await this.show(druidSpecText(result));
    return result;
  }
}
