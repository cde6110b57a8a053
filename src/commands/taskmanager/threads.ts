import { Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import {
  jobManagerFlag,
  onlyProcessOf,
  taskManagerArgument,
} from '../../cli/taskmanager/process-flags.ts';
import type { ThreadsResult } from '../../cli/taskmanager/threads-of-process.ts';

export default class TaskManagerThreads extends ClusterCommand {
  static override summary = 'Show what the threads of a TaskManager or of the JobManager do';
  static override description =
    'Takes a thread dump: how many threads are in which state, who is deadlocked, and where each of them is. The thread of a subtask has the name of its vertex.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> worker-7',
    '<%= config.bin %> <%= command.id %> worker-7 --name "count per key" --stacks',
    '<%= config.bin %> <%= command.id %> worker-7 --state RUNNABLE --top',
    '<%= config.bin %> <%= command.id %> --jobmanager --json',
  ];
  static override args = { taskmanager: taskManagerArgument };
  static override flags = {
    jobmanager: jobManagerFlag,
    name: Flags.string({
      helpValue: 'TEXT',
      description: 'Only threads whose names hold this text, in any case of letters.',
    }),
    state: Flags.string({
      options: ['RUNNABLE', 'BLOCKED', 'WAITING', 'TIMED_WAITING'],
      description: 'Only threads in this state.',
    }),
    stacks: Flags.boolean({ description: 'Whole stacks instead of the uppermost frame.' }),
    top: Flags.boolean({
      exclusive: ['stacks'],
      description: 'Threads with the same stack together, the most frequent stack first.',
    }),
  };

  async run(): Promise<ThreadsResult | undefined> {
    const { args, flags } = await this.parse(TaskManagerThreads);
    const [{ threadsOfProcess }, { threadsView }] = await Promise.all([
      import('../../cli/taskmanager/threads-of-process.ts'),
      import('../../cli/taskmanager/threads-view.ts'),
    ]);
    return this.answer(flags, {
      ask: (session) =>
        threadsOfProcess(session, {
          owner: onlyProcessOf(args.taskmanager, flags.jobmanager),
          name: flags.name ?? null,
          state: flags.state ?? null,
          groups: flags.top,
        }),
      view: (result) => threadsView(result, { stacks: flags.stacks }),
    });
  }
}
