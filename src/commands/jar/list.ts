import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import type { JarListResult } from '../../cli/jar/list-jars.ts';

export default class JarList extends ClusterCommand {
  static override summary = 'List the jars that were uploaded';
  static override description =
    'Shows the jars on the disk of the JobManager, the newest first. They are lost when it is restarted, and other JobManagers of a highly available cluster do not have them.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -o wide',
    '<%= config.bin %> <%= command.id %> -o name --url http://flink.example:8081',
  ];

  async run(): Promise<JarListResult | undefined> {
    const { flags } = await this.parse(JarList);
    const { jarListView, listJars } = await import('../../cli/jar/list-jars.ts');
    return this.answer(flags, { ask: listJars, view: jarListView });
  }
}
