import { Args, Flags } from '@oclif/core';
import type { CheckpointShowResult } from '../../cli/checkpoint/show-checkpoint.ts';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';

export default class CheckpointShow extends ClusterCommand {
  static override summary = 'Show one checkpoint by vertex and subtask';
  static override description =
    'With --subtasks shows the five times of each subtask: start delay is how long the barrier travelled, alignment how long channels waited for each other, sync how long the task was blocked, async how long the upload took.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job latest --subtasks',
    '<%= config.bin %> <%= command.id %> my-job 42 --json',
  ];
  static override args = {
    job: jobArgument,
    checkpoint: Args.string({
      default: 'latest',
      description: 'Id of the checkpoint, or latest for the newest that is complete.',
    }),
  };
  static override flags = {
    subtasks: Flags.boolean({ description: 'Show every subtask, and name the slowest.' }),
  };

  async run(): Promise<CheckpointShowResult | undefined> {
    const { args, flags } = await this.parse(CheckpointShow);
    const workflow = await import('../../cli/checkpoint/show-checkpoint.ts');
    return this.answer(flags, {
      ask: (session) => workflow.showCheckpoint(session, { ...args, withSubtasks: flags.subtasks }),
      view: workflow.checkpointShowView,
    });
  }
}
