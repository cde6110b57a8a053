import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { withContext } from '../../cli/context/named-context.ts';
import type { ContextTestResult } from '../../cli/context/test-context.ts';

export default class ContextTest extends ClusterCommand {
  static override summary = 'Ask the cluster of a context whether it answers';
  static override description =
    'Shows the version, how long an answer takes, whether the credentials are accepted, and whether the SQL Gateway answers. Exits with 4 when there is no answer, 5 when it is no; what is wrong on the way is told by doctor.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> prod --timeout 5s',
    "<%= config.bin %> <%= command.id %> prod --json | jq '.version, .latencyMs'",
  ];
  static override args = {
    name: Args.string({ description: 'Name of a context; else the one that would be used.' }),
  };

  async run(): Promise<ContextTestResult | undefined> {
    const { args, flags } = await this.parse(ContextTest);
    const { contextTestExitStatus, contextTestView, testContext } =
      await import('../../cli/context/test-context.ts');
    return this.answer(withContext(flags, args.name), {
      ask: testContext,
      view: contextTestView,
      exitStatus: contextTestExitStatus,
    });
  }
}
