import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import {
  answerLogs,
  logFlagDeclarations,
  type LogsResult,
} from '../../cli/taskmanager/log-flags.ts';
import { taskManagerArgument } from '../../cli/taskmanager/process-flags.ts';

export default class TaskManagerLogs extends ClusterCommand {
  static override summary =
    'List the log files of a TaskManager or of the JobManager, or print one';
  static override description =
    'Without a file you see which ones there are. A file, --log or --stdout prints it as it comes, however long it is; escape sequences in it are made visible. With --json you get the last lines as a document. Flink gives files as a whole only, so --follow fetches the file again when it has grown: use it on logs of moderate size.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> worker-7',
    '<%= config.bin %> <%= command.id %> worker-7 --log | grep -C5 OutOfMemory',
    '<%= config.bin %> <%= command.id %> worker-7 taskexecutor-0.log --tail 200 --follow',
    '<%= config.bin %> <%= command.id %> --jobmanager --log --grep "leader"',
  ];
  static override args = {
    taskmanager: taskManagerArgument,
    file: Args.string({ description: 'Name of a log file, or a part that no other has.' }),
  };
  static override flags = logFlagDeclarations;

  async run(): Promise<LogsResult | undefined> {
    const { args, flags } = await this.parse(TaskManagerLogs);
    const words = [args.taskmanager, args.file].filter((word) => word !== undefined);
    return answerLogs(words, flags, (answer) => this.answer(flags, answer));
  }
}
