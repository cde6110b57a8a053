import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import type { ConfigResult } from '../../cli/cluster-status/cluster-config.ts';

export default class ClusterConfig extends ClusterCommand {
  static override summary = 'Show the configuration that a cluster runs with';
  static override description =
    'Lists the options that were set, in the configuration file or on the command line; for all others the defaults of Flink hold. What is secret, or looks so, is shown as ******.';
  static override usage = 'cluster config [PATTERN...]';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> state. execution.checkpointing.',
    "<%= config.bin %> <%= command.id %> '*memory*' --json",
  ];
  static override args = {
    pattern: Args.string({
      description:
        'Beginning of keys, or a pattern in which * and ? stand for others; may be repeated.',
    }),
  };
  static override strict = false;

  async run(): Promise<ConfigResult | undefined> {
    const { argv, flags } = await this.parse(ClusterConfig);
    const { configOfCluster, configView } =
      await import('../../cli/cluster-status/cluster-config.ts');
    return this.answer(flags, {
      ask: (session) => configOfCluster(session, argv.map(String)),
      view: configView,
    });
  }
}
