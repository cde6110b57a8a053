import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { watchFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import type { OverviewResult } from '../../cli/cluster-status/cluster-overview.ts';

export default class ClusterOverview extends ClusterCommand {
  static override summary = 'Show version, slots and jobs of a cluster at one glance';
  static override description =
    'Jobs that have not ended come first, then the newest of those that have. Whether all is well says drey cluster health.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --watch --interval 5s',
    '<%= config.bin %> <%= command.id %> --json --url http://flink.example:8081 | jq .slotsAvailable',
  ];
  static override flags = watchFlagDeclarations;

  async run(): Promise<OverviewResult | undefined> {
    const { flags } = await this.parse(ClusterOverview);
    const { overviewOfCluster, overviewView } =
      await import('../../cli/cluster-status/cluster-overview.ts');
    return this.answer(flags, { ask: overviewOfCluster, view: overviewView });
  }
}
