import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { runFlagDeclarations, splitProgramArguments } from '../../cli/job/run-flags.ts';
import type { RunResult } from '../../cli/job/run-job.ts';

export default class JobRun extends ClusterCommand {
  static override summary = 'Run a jar of this machine as a job';
  static override description =
    'Uploads the jar, starts its job with an id of its own, so that one command starts one job although answers get lost, deletes the jar and waits until the job is RUNNING. What follows -- goes to main() as it is.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> target/job.jar',
    '<%= config.bin %> <%= command.id %> job.jar -c com.example.Main -p 4 -D execution.checkpointing.interval=10s -- --input "a file"',
    '<%= config.bin %> <%= command.id %> job.jar --from-savepoint s3://bucket/savepoints/savepoint-1 --claim-mode claim',
  ];
  static override args = {
    jar: Args.string({
      required: true,
      description: 'Path of the jar; program arguments follow --.',
    }),
  };
  static override flags = runFlagDeclarations;

  async run(): Promise<RunResult | undefined> {
    const { own, program } = splitProgramArguments(this.argv);
    const { args, flags } = await this.parse(JobRun, own);
    const { runJob, runView } = await import('../../cli/job/run-job.ts');
    return this.answer(flags, {
      ask: (session) =>
        runJob(session, {
          jar: { kind: 'file', path: args.jar },
          programArguments: program,
          flags,
        }),
      view: runView,
    });
  }
}
