import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { durationFlag } from '../../cli/duration-flag.ts';
import { restoreFlagDeclarations, splitProgramArguments } from '../../cli/job/run-flags.ts';
import type { RunResult } from '../../cli/job/run-job.ts';

export default class SavepointRestore extends ClusterCommand {
  static override summary = 'Start a job from a savepoint or checkpoint';
  static override description =
    'As job run with --from-savepoint. With latest and --job takes the newest complete savepoint or checkpoint that the cluster shows of a job. What follows -- goes to main() as it is.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> s3://bucket/savepoints/savepoint-1 job.jar',
    '<%= config.bin %> <%= command.id %> latest job.jar --job my-job --max-age 1h',
    '<%= config.bin %> <%= command.id %> file:///savepoints/savepoint-1 job.jar --claim-mode claim -- --input events',
  ];
  static override args = {
    from: Args.string({ required: true, description: 'Path of the savepoint, or latest.' }),
    jar: Args.string({
      required: true,
      description: 'Path of the jar, or id or name of one that was uploaded.',
    }),
  };
  static override flags = {
    ...restoreFlagDeclarations,
    job: Flags.string({
      helpValue: 'JOB',
      description: 'Job whose latest snapshot is meant: id, prefix, name or address.',
    }),
    'max-age': durationFlag({
      dependsOn: ['job'],
      description: 'Refuse a snapshot that is older.',
    }),
  };

  async run(): Promise<RunResult | undefined> {
    const { own, program } = splitProgramArguments(this.argv);
    const { args, flags } = await this.parse(SavepointRestore, own);
    const [{ restoreSavepoint }, { runView }] = await Promise.all([
      import('../../cli/savepoint/restore-savepoint.ts'),
      import('../../cli/job/run-job.ts'),
    ]);
    return this.answer(flags, {
      ask: (session) =>
        restoreSavepoint(session, {
          from: args.from,
          ofJob: flags.job ?? null,
          maxAgeMs: flags['max-age'] ?? null,
          jar: args.jar,
          programArguments: program,
          flags,
        }),
      view: runView,
    });
  }
}
