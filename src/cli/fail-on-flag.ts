/** The flag of commands that find things: from which severity on the exit status is 8. */
import { Flags } from '@oclif/core';

const levels = ['critical', 'warning', 'info', 'none'] as const;

export const failOnFlag = Flags.option({
  options: levels,
  default: 'none' as const,
  description: 'Exit with 8 when a finding is as bad as this, or worse.',
})();

/** Null: never. */
export function failOnOf(level: (typeof levels)[number]): Exclude<typeof level, 'none'> | null {
  return level === 'none' ? null : level;
}
