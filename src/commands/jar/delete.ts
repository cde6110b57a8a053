import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { changeFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import { durationFlag } from '../../cli/duration-flag.ts';
import { jarChoiceOf } from '../../cli/jar/jar-choice.ts';
import type { DeleteJarsResult } from '../../cli/jar/delete-jars.ts';

export default class JarDelete extends ClusterCommand {
  static override summary = 'Delete jars that were uploaded';
  static override description =
    'Takes jars off the disk of the JobManager. Jobs that were started from them are not touched: they have copies.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> my-job.jar',
    '<%= config.bin %> <%= command.id %> --older-than 7d --yes',
    '<%= config.bin %> <%= command.id %> --all --dry-run',
  ];
  // More than one is taken from argv.
  static override strict = false;
  static override args = {
    jar: Args.string({ description: 'Id, prefix of an id, or file name of the jar.' }),
  };
  static override flags = {
    ...changeFlagDeclarations,
    'older-than': durationFlag({
      exclusive: ['all'],
      description: 'All that were uploaded longer ago than this.',
    }),
    all: Flags.boolean({ description: 'All of them.' }),
    'if-exists': Flags.boolean({ description: 'A jar that is not there is no failure.' }),
  };

  async run(): Promise<DeleteJarsResult | undefined> {
    const { argv, flags } = await this.parse(JarDelete);
    const choice = jarChoiceOf(argv.map(String), flags.all, flags['older-than'] ?? null);
    const { deleteJars, deleteJarsView } = await import('../../cli/jar/delete-jars.ts');
    return this.answer(flags, {
      ask: (session) =>
        deleteJars(session, {
          choice,
          ifExists: flags['if-exists'],
          isConfirmed: flags.yes,
          isDryRun: flags['dry-run'],
        }),
      view: deleteJarsView,
    });
  }
}
