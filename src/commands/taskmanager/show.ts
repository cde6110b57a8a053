import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { watchFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import { taskManagerArgument } from '../../cli/taskmanager/process-flags.ts';
import type { TaskManagerShown } from '../../cli/taskmanager/show-task-manager.ts';

export default class TaskManagerShow extends ClusterCommand {
  static override summary = 'Show one TaskManager: load, memory, garbage collection, jobs';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> worker-7 --watch',
    '<%= config.bin %> <%= command.id %> 10.0.3.14:41475-99b376 --json | jq .heapUsedBytes',
  ];
  static override args = { taskmanager: taskManagerArgument };
  static override flags = watchFlagDeclarations;

  async run(): Promise<TaskManagerShown | undefined> {
    const { args, flags } = await this.parse(TaskManagerShow);
    const [{ showTaskManager }, { taskManagerView }] = await Promise.all([
      import('../../cli/taskmanager/show-task-manager.ts'),
      import('../../cli/taskmanager/show-view.ts'),
    ]);
    return this.answer(flags, {
      ask: (session) => showTaskManager(session, args.taskmanager ?? null),
      view: taskManagerView,
    });
  }
}
