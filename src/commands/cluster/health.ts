import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { watchFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import type { HealthResult } from '../../cli/cluster-status/cluster-health.ts';
import { failOnFlag, failOnOf } from '../../cli/fail-on-flag.ts';

export default class ClusterHealth extends ClusterCommand {
  static override summary = 'Say what is wrong with a cluster and its jobs, the worst first';
  static override description =
    'Looks at TaskManagers and their heartbeats, slots, jobs that fail, restart or wait, checkpoints that fail, memory near its limit, garbage collection, and clocks; each finding comes with its figures and with what to do. Changes nothing. Where the cluster cannot be reached at all, see drey doctor.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --fail-on warning --json',
    '<%= config.bin %> <%= command.id %> --watch --interval 30s --url http://flink.example:8081',
  ];
  static override flags = { ...watchFlagDeclarations, 'fail-on': failOnFlag };

  async run(): Promise<HealthResult | undefined> {
    const { flags } = await this.parse(ClusterHealth);
    const [{ FreshMetrics }, { healthExitStatus, healthOfCluster, healthView }] = await Promise.all(
      [
        import('../../cli/job/fresh-metrics.ts'),
        import('../../cli/cluster-status/cluster-health.ts'),
      ],
    );
    const fresh = new FreshMetrics();
    return this.answer(flags, {
      ask: (session) => healthOfCluster(session, fresh),
      view: healthView,
      exitStatus: healthExitStatus(failOnOf(flags['fail-on'])),
    });
  }
}
