import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import type { ContextTestResult } from '../../cli/context/test-context.ts';

export default class ContextTest extends ClusterCommand {
  static override summary = 'Ask the cluster of a context whether it answers';
  static override description =
    'Shows the version and how long an answer takes, and whether the SQL Gateway answers. What is wrong on the way is told by doctor.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> prod --timeout 5s',
  ];
  static override args = {
    name: Args.string({ description: 'Name of a context; else the one that would be used.' }),
  };

  async run(): Promise<ContextTestResult | undefined> {
    const { args, flags } = await this.parse(ContextTest);
    const { contextTestView, testContext } = await import('../../cli/context/test-context.ts');
    return this.answer(
      { ...flags, context: args.name ?? flags.context },
      { ask: testContext, view: contextTestView },
    );
  }
}
