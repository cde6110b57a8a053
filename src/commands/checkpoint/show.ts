import { Args, Flags } from '@oclif/core';
import type { CheckpointShowResult } from '../../cli/checkpoint/show-checkpoint.ts';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { namedJob, optionalJobArgument } from '../../cli/job/job-argument.ts';
import type { ShownSnapshot } from '../../cli/snapshot/show-snapshot.ts';
import { directoryFlag, folderOf } from '../../cli/snapshot/snapshot-place.ts';

export default class CheckpointShow extends ClusterCommand {
  static override summary = 'Show one checkpoint by vertex and subtask';
  static override description =
    'With --subtasks shows the five times of each subtask: start delay is how long the barrier travelled, alignment how long channels waited for each other, sync how long the task was blocked, async how long the upload took. With a path, or --dir and an id, it reads and verifies a checkpoint that the embedded engine has written.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job latest --subtasks',
    '<%= config.bin %> <%= command.id %> my-job 42 --json',
    '<%= config.bin %> <%= command.id %> --dir ./state/checkpoints latest',
  ];
  static override args = {
    job: optionalJobArgument,
    checkpoint: Args.string({
      default: 'latest',
      description: 'Id of the checkpoint, or latest for the newest that is complete.',
    }),
  };
  static override flags = {
    dir: directoryFlag,
    subtasks: Flags.boolean({ description: 'Show every subtask, and name the slowest.' }),
  };

  async run(): Promise<CheckpointShowResult | ShownSnapshot | undefined> {
    const { args, flags } = await this.parse(CheckpointShow);
    const { platform } = this.world;
    const path = folderOf(args.job, flags.dir, platform.workingDirectory);
    if (path !== null) {
      const local = await import('../../cli/snapshot/show-snapshot.ts');
      const result = await local.showIn(platform, path, {
        which: flags.dir === undefined ? null : (args.job ?? args.checkpoint),
        savepointsOnly: false,
      });
      this.exitStatus = local.exitOf(result);
      return this.answerHere(flags, result, local.shownSnapshotView(result));
    }
    const workflow = await import('../../cli/checkpoint/show-checkpoint.ts');
    const { checkpoint } = args;
    const request = { job: namedJob(args.job), checkpoint, withSubtasks: flags.subtasks };
    return this.answer(flags, {
      ask: (session) => workflow.showCheckpoint(session, request),
      view: workflow.checkpointShowView,
    });
  }
}
