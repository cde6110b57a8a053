import { Flags } from '@oclif/core';
import { DreyCommand } from '../cli/drey-command.ts';
import {
  pipelineFileArgument,
  pipelineFlagDeclarations,
  pipelineRequestOf,
} from '../cli/pipeline-flags.ts';
import { restoreFlagDeclarations, restoreRequestOf } from '../cli/run/restore-flags.ts';
import type { JobSummary } from '../engine/minicluster.ts';

export default class Run extends DreyCommand {
  static override summary = 'Run a pipeline in the embedded engine';
  static override description =
    'Rows of print sinks go to standard output, one JSON object a row; everything else goes to standard error. Ctrl-C stops the job in order, a second one at once. With execution.checkpointing.interval and .dir in the file the job survives failures, and after a kill --restore latest goes on from the latest checkpoint.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> pipeline.yaml',
    '<%= config.bin %> <%= command.id %> pipeline.yaml --param EVENTS=./events.jsonl --parallelism 4',
    '<%= config.bin %> <%= command.id %> pipeline.yaml --json --summary summary.json > rows.jsonl',
    '<%= config.bin %> <%= command.id %> pipeline.yaml --restore latest --allow-empty-state',
    '<%= config.bin %> <%= command.id %> pipeline.yaml --savepoint-on-stop',
  ];
  static override args = { file: pipelineFileArgument };
  static override flags = {
    ...pipelineFlagDeclarations,
    ...restoreFlagDeclarations,
    parallelism: Flags.integer({
      char: 'p',
      min: 1,
      description: 'Subtasks per operator, in place of the default in the file.',
    }),
    summary: Flags.string({
      helpValue: 'FILE',
      description: 'Write the summary of the run to this file, as JSON.',
    }),
    'kafka-lag': Flags.boolean({
      description: 'Show in the progress line how far behind the partitions of Kafka are read.',
    }),
  };

  protected override readonly tellsInLines = true;

  async run(): Promise<JobSummary | undefined> {
    const { args, flags } = await this.parse(Run);
    const { runAsJson, runAsText } = await import('../cli/run/show-run.ts');
    const run = this.jsonEnabled() ? runAsJson : runAsText;
    const request = {
      ...pipelineRequestOf(args.file, flags),
      parallelism: flags.parallelism ?? null,
      summaryFile: flags.summary ?? null,
      showsLag: flags['kafka-lag'],
      ...restoreRequestOf(flags),
      savepointOnStop: flags['savepoint-on-stop'],
      dreyVersion: this.config.version,
    };
    const summary = await run(request, this.world, () => this.giveOutputToRows());
    return this.outputHasRows ? undefined : summary;
  }
}
