/** Which of the Flink configuration keys in a pipeline file take effect where. */
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import {
  configurationType,
  embeddedEngineHonours,
  type Honoured,
} from '../../pipeline/spec/configuration/configuration.ts';

export type Target = 'embedded' | 'flink';

export interface ConfigurationLine {
  readonly key: string;
  readonly value: string;
  /** Empty for a key that Flink does not have. */
  readonly honouredBy: readonly Target[];
}

/** Every key of the file, in its order. */
export function configurationLines(plan: LogicalPlan): readonly ConfigurationLine[] {
  return [...plan.configuration].map(([key, value]) => ({
    key,
    value,
    honouredBy: targetsOf(key),
  }));
}

function targetsOf(key: string): readonly Target[] {
  if (configurationType(key) === null) return [];
  return embeddedEngineHonours(key).kind === 'yes' ? ['embedded', 'flink'] : ['flink'];
}

/** Flink's keys in a file that have no effect in the embedded engine. */
export interface IgnoredKeys {
  /** Accepted for a later version. */
  readonly notYet: readonly string[];
  /** Without a meaning for an engine in one process. */
  readonly notApplicable: readonly string[];
}

/** Unknown keys are left out: they have a finding of their own. */
export function ignoredKeys(plan: LogicalPlan): IgnoredKeys {
  const known = [...plan.configuration.keys()].filter((key) => configurationType(key) !== null);
  const ofKind = (kind: Honoured['kind']): readonly string[] =>
    known.filter((key) => embeddedEngineHonours(key).kind === kind);
  return { notYet: ofKind('not-yet'), notApplicable: ofKind('not-applicable') };
}
