import { Flags } from '@oclif/core';
import { clusterFlagDeclarations } from '../cli/cluster/cluster-flags.ts';
import type { DoctorResult } from '../cli/doctor/diagnose.ts';
import { DreyCommand } from '../cli/drey-command.ts';

export default class Doctor extends DreyCommand {
  static override summary = 'Find out what is wrong between here and the cluster';
  static override description =
    'Checks one step after the other: the configuration, which cluster is meant and why, name, port, TLS, what answers there, credentials, version, clocks, leader, TaskManagers, uploads and the SQL Gateway. The first step that fails says what to do. Changes nothing; no step takes longer than --timeout, 10 s by default. Exits with 0 when nothing failed, else with the status of the first failure (4 or 5 in most cases).';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --url https://flink.example/prod --timeout 5s',
    '<%= config.bin %> <%= command.id %> --context prod --json | jq \'.checks[] | select(.status != "ok")\'',
  ];
  static override baseFlags = clusterFlagDeclarations;
  static override flags = {
    gateway: Flags.string({
      helpValue: 'URL',
      description: 'Address of the SQL Gateway; else DREY_SQL_GATEWAY or the context.',
    }),
  };

  protected override readonly reachesCluster = true;

  async run(): Promise<DoctorResult> {
    const { flags } = await this.parse(Doctor);
    const { answerDoctor } = await import('../cli/doctor/answer-doctor.ts');
    const { result, exitStatus } = await answerDoctor(this.world, flags, this.config.userAgent);
    this.exitStatus = exitStatus;
    return result;
  }
}
