import { Args } from '@oclif/core';
import { clusterFlagDeclarations, clusterQuestionOf } from '../../cli/cluster/cluster-flags.ts';
import { withContext } from '../../cli/context/named-context.ts';
import type { ContextShowResult } from '../../cli/context/show-context.ts';
import { DreyCommand } from '../../cli/drey-command.ts';

export default class ContextShow extends DreyCommand {
  static override baseFlags = clusterFlagDeclarations;
  static override summary = 'Show which cluster commands would ask, and why';
  static override description =
    'Takes the same flags and variables as other commands, says where each value comes from, and asks no cluster. Secrets are never shown, only where they are.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> prod',
    '<%= config.bin %> <%= command.id %> --url http://flink.example:8081 --json',
  ];
  static override args = {
    name: Args.string({ description: 'Name of a context; else the one that would be used.' }),
  };

  protected override readonly reachesCluster = true;

  async run(): Promise<ContextShowResult> {
    const { args, flags } = await this.parse(ContextShow);
    const { contextShowView, showContext } = await import('../../cli/context/show-context.ts');
    const question = clusterQuestionOf(withContext(flags, args.name));
    const { result, chosen } = await showContext(question, this.world.platform);
    await this.print(flags, result, contextShowView(result, chosen));
    return result;
  }
}
