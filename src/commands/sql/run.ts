import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { sqlFlagDeclarations, sqlRequestOf } from '../../cli/sql/sql-flags.ts';
import type { SqlRunResult } from '../../cli/sql/run-script.ts';

export default class SqlRun extends ClusterCommand {
  static override summary = 'Run SQL over the SQL Gateway, statement by statement';
  static override description =
    'Runs a script, or the statements of -e, in one session of the SQL Gateway. The first statement that fails ends it with exit status 6 and its place in the file. INSERT returns when its job is submitted; a query shows its first rows and is then cancelled, or goes on with --watch.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> flow.sql',
    '<%= config.bin %> <%= command.id %> -e "SELECT * FROM orders" --init tables.sql --limit 20',
    '<%= config.bin %> <%= command.id %> flow.sql -D parallelism.default=4 --wait --gateway http://flink.example:8083',
    '<%= config.bin %> <%= command.id %> -e "SELECT * FROM orders" --init tables.sql --watch --json',
  ];
  static override args = {
    file: Args.string({ description: 'File with statements of SQL; - is standard input.' }),
  };
  static override flags = sqlFlagDeclarations;

  protected override readonly tellsInLines = true;

  async run(): Promise<SqlRunResult | undefined> {
    const { args, flags } = await this.parse(SqlRun);
    const request = sqlRequestOf(args.file ?? null, flags);
    if (request.isWatching) this.giveOutputToRows();
    const { runAndShow } = await import('../../cli/sql/run-and-show.ts');
    return this.withSession(flags, (session) => runAndShow(session, flags, request));
  }
}
