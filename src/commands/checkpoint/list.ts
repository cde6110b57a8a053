import { Flags } from '@oclif/core';
import type { CheckpointListResult } from '../../cli/checkpoint/list-checkpoints.ts';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { watchFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import { namedJob, optionalJobArgument } from '../../cli/job/job-argument.ts';
import type { FolderListResult } from '../../cli/snapshot/list-checkpoints.ts';
import { directoryFlag, folderOf } from '../../cli/snapshot/snapshot-place.ts';

export default class CheckpointList extends ClusterCommand {
  static override summary = 'List the checkpoints and savepoints of a job';
  static override description =
    'Shows the history that the cluster keeps (10 entries by default), newest first. Written is what a checkpoint stored itself, state the whole that it refers to. With --dir or a path it lists what the embedded engine has left in a folder to go on from, also what is broken.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job --savepoints -o wide',
    '<%= config.bin %> <%= command.id %> my-job --failed --json',
    '<%= config.bin %> <%= command.id %> --dir ./state/checkpoints --watch',
  ];
  static override args = { job: optionalJobArgument };
  static override flags = {
    ...watchFlagDeclarations,
    dir: directoryFlag,
    savepoints: Flags.boolean({ exclusive: ['checkpoints'], description: 'Only savepoints.' }),
    checkpoints: Flags.boolean({ description: 'Only what is no savepoint.' }),
    failed: Flags.boolean({ description: 'Only those that failed.' }),
    limit: Flags.integer({ min: 1, description: 'At most so many.' }),
  };

  async run(): Promise<CheckpointListResult | FolderListResult | undefined> {
    const { args, flags } = await this.parse(CheckpointList);
    const kind = flags.savepoints ? 'savepoints' : flags.checkpoints ? 'checkpoints' : 'all';
    const request = { kind, failedOnly: flags.failed, limit: flags.limit ?? null } as const;
    const directory = folderOf(args.job, flags.dir, this.world.platform.workingDirectory);
    if (directory !== null) {
      const { folderListView, listFolder } = await import('../../cli/snapshot/list-checkpoints.ts');
      const ask = () => listFolder(this.world.platform, { directory, ...request });
      return this.answerAgain(flags, { ask, view: folderListView });
    }
    const workflow = await import('../../cli/checkpoint/list-checkpoints.ts');
    const job = namedJob(args.job);
    return this.answer(flags, {
      ask: (session) => workflow.listCheckpoints(session, { job, ...request }),
      view: workflow.jobCheckpointsView,
    });
  }
}
