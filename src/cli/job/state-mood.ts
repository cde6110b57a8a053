/** How good the news is that a job, or a part of one, is in a state. */
import type { Mood } from '../../output/view.ts';

const moods: Readonly<Record<string, Mood>> = {
  RUNNING: 'good',
  COMPLETED: 'good',
  FINISHED: 'good',
  FAILED: 'bad',
  FAILING: 'bad',
  RESTARTING: 'doubtful',
  CANCELLING: 'doubtful',
  INITIALIZING: 'doubtful',
  CREATED: 'doubtful',
  SUSPENDED: 'doubtful',
  RECONCILING: 'doubtful',
};

/** None for states that are neither, such as CANCELED. */
export function stateMood(state: string): Mood | undefined {
  return moods[state];
}
