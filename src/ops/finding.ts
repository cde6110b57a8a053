/** What a rule found out about a job, as data: how bad, what, from which figures, what to do. */

/** The worst first. */
export const severities = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

export interface Advice {
  /** Option of Flink and its value, where there is one. */
  readonly key?: string;
  readonly value?: string;
  readonly text: string;
}

export interface Finding {
  /** Name of the rule; scripts may rely on it. */
  readonly rule: string;
  readonly severity: Severity;
  readonly title: string;
  /** Figures that the finding rests on; units are in the keys. */
  readonly evidence: Readonly<Record<string, string | number | null>>;
  readonly advice: readonly Advice[];
  readonly confidence: 'high' | 'medium' | 'low';
  /** Rule of the finding that is the reason of this one. */
  readonly explainedBy?: string;
}

/** True: at least one is as bad as `limit`, or worse. */
export function reaches(findings: readonly Finding[], limit: Severity): boolean {
  const rank = severities.indexOf(limit);
  return findings.some(({ severity }) => severities.indexOf(severity) <= rank);
}
