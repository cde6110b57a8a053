/**
 * What is wrong with the keys of checkpoints, state and restarts in a pipeline file, for whoever
 * checks it. What only the embedded engine cannot do is no error of the file: a cluster may.
 */
import type { Finding } from '../../errors/finding.ts';
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import { isRecoveryKey } from '../recovery/recovery-keys.ts';

export async function recoveryFindings(
  plan: LogicalPlan,
  file: string,
): Promise<readonly Finding[]> {
  if (![...plan.configuration.keys()].some(isRecoveryKey)) return [];
  const { readRecoverySettings } = await import('../recovery/recovery-settings.ts');
  const { findings } = readRecoverySettings(plan, file, undefined);
  return findings.filter(({ code }) => code !== 'DREY_PIPELINE_NOT_SUPPORTED');
}
