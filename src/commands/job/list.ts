import { Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster/cluster-command.ts';
import { watchFlagDeclarations } from '../../cli/cluster/cluster-flags.ts';
import type { JobListResult } from '../../cli/job/list-jobs.ts';

export default class JobList extends ClusterCommand {
  static override summary = 'List the jobs of a cluster';
  static override description =
    'Shows all jobs that the cluster still knows, the newest first; finished ones stay for an hour by default.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --active -o wide',
    '<%= config.bin %> <%= command.id %> --state RUNNING -o name --url http://flink.example:8081',
  ];
  static override flags = {
    ...watchFlagDeclarations,
    active: Flags.boolean({ description: 'Only jobs that have not ended.' }),
    state: Flags.string({
      multiple: true,
      helpValue: 'STATE',
      description: 'Only jobs in this state, such as RUNNING; may be repeated.',
    }),
    name: Flags.string({ helpValue: 'NAME', description: 'Only jobs of exactly this name.' }),
  };

  async run(): Promise<JobListResult | undefined> {
    const { flags } = await this.parse(JobList);
    const { jobListView, listJobs } = await import('../../cli/job/list-jobs.ts');
    return this.answer(flags, {
      ask: (session) =>
        listJobs(session, {
          states: (flags.state ?? []).map((state) => state.toUpperCase()),
          activeOnly: flags.active,
          name: flags.name ?? null,
        }),
      view: jobListView,
    });
  }
}
