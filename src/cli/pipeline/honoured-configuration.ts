/** Which of the Flink configuration keys in a pipeline file take effect where. */
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';

export type Target = 'embedded' | 'flink';

export interface ConfigurationLine {
  readonly key: string;
  readonly value: string;
  readonly honouredBy: readonly Target[];
}

/** What the embedded engine of this release acts upon. */
const honouredByEmbedded: ReadonlySet<string> = new Set(['table.local-time-zone']);

/** Every key of the file; a Flink cluster honours its own keys. */
export function configurationLines(plan: LogicalPlan): readonly ConfigurationLine[] {
  return [...plan.configuration].map(([key, value]) => ({
    key,
    value,
    honouredBy: honouredByEmbedded.has(key) ? ['embedded', 'flink'] : ['flink'],
  }));
}

/** Keys of the file without effect in the embedded engine. */
export function keysNotHonoured(plan: LogicalPlan): readonly string[] {
  return configurationLines(plan)
    .filter(({ honouredBy }) => !honouredBy.includes('embedded'))
    .map(({ key }) => key);
}
