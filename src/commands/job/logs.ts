import { Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { JobLogsResult } from '../../cli/job/logs-of-job.ts';

export default class JobLogs extends ClusterCommand {
  static override summary = 'Show the logs of the TaskManagers on which a job runs';
  static override description =
    'Finds the TaskManagers of the subtasks of a job and shows the end of the log of each. Several jobs may share a TaskManager; their lines are in the same log.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job --grep Exception --tail 500',
    '<%= config.bin %> <%= command.id %> my-job --files',
  ];
  static override args = { job: jobArgument };
  static override flags = {
    taskmanager: Flags.string({
      helpValue: 'ID',
      description: 'Only this TaskManager: its id or the beginning of it.',
    }),
    tail: Flags.integer({
      default: 100,
      min: 1,
      max: 100_000,
      helpValue: 'COUNT',
      description: 'How many of the last lines of each log.',
    }),
    grep: Flags.string({
      helpValue: 'TEXT',
      description: 'Only entries that hold this text, with the stack traces below them.',
    }),
    files: Flags.boolean({
      description: 'Which TaskManagers and log files there are, instead of their lines.',
    }),
  };

  async run(): Promise<JobLogsResult | undefined> {
    const { args, flags } = await this.parse(JobLogs);
    const [{ logsOfJob }, { jobLogFilesView, jobLogsView }] = await Promise.all([
      import('../../cli/job/logs-of-job.ts'),
      import('../../cli/job/logs-view.ts'),
    ]);
    return this.answer(flags, {
      ask: (session) =>
        logsOfJob(session, {
          job: args.job,
          taskManager: flags.taskmanager ?? null,
          linesMax: flags.tail,
          grep: flags.grep ?? null,
          listsFiles: flags.files,
        }),
      view: flags.files ? jobLogFilesView : jobLogsView,
    });
  }
}
