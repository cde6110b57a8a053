import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { runFlagDeclarations, splitProgramArguments } from '../../cli/job/run-flags.ts';
import type { RunResult } from '../../cli/job/run-job.ts';

export default class JarRun extends ClusterCommand {
  static override summary = 'Run a jar that was uploaded before';
  static override description =
    'As job run, without the upload; the jar stays. What follows -- goes to main() as it is.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> job.jar',
    '<%= config.bin %> <%= command.id %> 5f3c6a1e -c com.example.Main -- --input events',
  ];
  static override args = {
    jar: Args.string({
      required: true,
      description: 'Id, prefix of an id, or file name of the jar; program arguments follow --.',
    }),
  };
  static override flags = runFlagDeclarations;

  async run(): Promise<RunResult | undefined> {
    const { own, program } = splitProgramArguments(this.argv);
    const { args, flags } = await this.parse(JarRun, own);
    const { runJob, runView } = await import('../../cli/job/run-job.ts');
    return this.answer(flags, {
      ask: (session) =>
        runJob(session, {
          jar: { kind: 'uploaded', argument: args.jar },
          programArguments: program,
          flags,
        }),
      view: runView,
    });
  }
}
