import { Args } from '@oclif/core';
import type { JobPlan } from '../../flink/model/job-plan.ts';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { graphFormatFlag } from '../../cli/graph-format-flag.ts';
import { programFlagDeclarations, splitProgramArguments } from '../../cli/job/run-flags.ts';

export default class JarPlan extends ClusterCommand {
  static override summary = 'Draw the graph of the job that a jar would start';
  static override description =
    'Runs main() on the JobManager up to its execute() and starts nothing. A file of this machine is uploaded before and deleted after. What follows -- goes to main() as it is.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> target/my-job.jar -p 4',
    '<%= config.bin %> <%= command.id %> 5f3c6a1e -c com.example.Main -- --input events',
    '<%= config.bin %> <%= command.id %> my-job.jar --format svg > my-job.svg',
  ];
  static override args = {
    jar: Args.string({
      required: true,
      description: 'Path of a jar, or id, prefix of an id, or file name of one that was uploaded.',
    }),
  };
  static override flags = { ...programFlagDeclarations, format: graphFormatFlag };

  async run(): Promise<JobPlan | undefined> {
    const { own, program } = splitProgramArguments(this.argv);
    const { args, flags } = await this.parse(JarPlan, own);
    const [{ planJar }, { planView }] = await Promise.all([
      import('../../cli/jar/plan-jar.ts'),
      import('../../cli/job/plan-view.ts'),
    ]);
    return this.answer(flags, {
      ask: (session) => planJar(session, { jar: args.jar, programArguments: program, flags }),
      view: (plan) => planView(plan, flags.format),
    });
  }
}
