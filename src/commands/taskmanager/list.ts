import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { watchFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import type { TaskManagerListResult } from '../../cli/taskmanager/list-task-managers.ts';

export default class TaskManagerList extends ClusterCommand {
  static override summary = 'List the TaskManagers of a cluster';
  static override description =
    'Shows slots, memory, the age of the last heartbeat and the jobs of each TaskManager. Ages are by the clock of the JobManager. One that is lost is listed until its heartbeat times out, 50 s by default.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --watch -o wide',
    "<%= config.bin %> <%= command.id %> --json | jq '.taskManagers[] | select(.freeSlots > 0).taskManagerId'",
  ];
  static override flags = watchFlagDeclarations;

  async run(): Promise<TaskManagerListResult | undefined> {
    const { flags } = await this.parse(TaskManagerList);
    const [{ listTaskManagers }, { taskManagerListView }] = await Promise.all([
      import('../../cli/taskmanager/list-task-managers.ts'),
      import('../../cli/taskmanager/list-view.ts'),
    ]);
    return this.answer(flags, { ask: listTaskManagers, view: taskManagerListView });
  }
}
