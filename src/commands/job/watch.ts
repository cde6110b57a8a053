import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { durationFlag } from '../../cli/duration-flag.ts';
import { jobArgument } from '../../cli/job/job-argument.ts';
import type { WatchedJob } from '../../cli/job/watch-job.ts';

export default class JobWatch extends ClusterCommand {
  static override summary = 'Watch a job live until it ends';
  static override description =
    'Shows state, records per second, how busy and back-pressured each vertex is, the lag of its watermark, and the last checkpoint, again and again; on a terminal as a screen, elsewhere a line each time, under --json a JSON line. Ends with the job: 0 when it is FINISHED or CANCELED, 6 when it FAILED, then with the cause.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job',
    '<%= config.bin %> <%= command.id %> my-job --interval 10s >> my-job.log',
    "<%= config.bin %> <%= command.id %> d65e9c --json | jq '.vertices[].busyShareMax'",
  ];
  static override args = { job: jobArgument };
  static override flags = {
    interval: durationFlag({ description: 'Pause between two looks; 2 s by default.' }),
  };

  async run(): Promise<WatchedJob | undefined> {
    const { args, flags } = await this.parse(JobWatch);
    const [workflow, { WatchHistory, watchLineView, watchView }] = await Promise.all([
      import('../../cli/job/watch-job.ts'),
      import('../../cli/job/watch-view.ts'),
    ]);
    const watch = new workflow.JobWatch(args.job);
    const history = new WatchHistory();
    const isScreen = this.world.terminal.isOutputTerminal;
    return this.answer(
      { ...flags, watch: true },
      {
        ask: async (session) => history.remember(await watch.look(session)),
        view: (job) => (isScreen ? watchView(job, history) : watchLineView(job)),
        isLast: workflow.isOver,
        exitStatus: workflow.watchExitStatus,
      },
    );
  }
}
