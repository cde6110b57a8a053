import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { watchFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import type { ProcessMetricsResult } from '../../cli/taskmanager/metrics-of-process.ts';
import {
  jobManagerFlag,
  processOf,
  taskManagerArgument,
} from '../../cli/taskmanager/process-flags.ts';

export default class TaskManagerMetrics extends ClusterCommand {
  static override summary = 'Show metrics of a TaskManager or of the JobManager';
  static override description =
    'After the TaskManager come names of metrics, in which * and ? stand for other characters; without names you see which ones there are.';
  static override usage = 'taskmanager metrics [TASKMANAGER] [NAME...] [--jobmanager]';
  static override examples = [
    '<%= config.bin %> <%= command.id %> worker-7',
    "<%= config.bin %> <%= command.id %> worker-7 '*Heap*' '*GarbageCollector.All*' --watch",
    "<%= config.bin %> <%= command.id %> --jobmanager '*Metaspace*' --json",
  ];
  static override args = { taskmanager: taskManagerArgument };
  static override strict = false;
  static override flags = { ...watchFlagDeclarations, jobmanager: jobManagerFlag };

  async run(): Promise<ProcessMetricsResult | undefined> {
    const { argv, flags } = await this.parse(TaskManagerMetrics);
    const [{ FreshMetrics }, { metricsOfProcess, processMetricsView }] = await Promise.all([
      import('../../cli/job/fresh-metrics.ts'),
      import('../../cli/taskmanager/metrics-of-process.ts'),
    ]);
    const fresh = new FreshMetrics();
    const { owner, rest } = processOf(argv.map(String), flags.jobmanager);
    return this.answer(flags, {
      ask: (session) => metricsOfProcess(session, { owner, patterns: rest, fresh }),
      view: processMetricsView,
    });
  }
}
