/** How good the news is that a snapshot is in a state. */
import type { Mood } from '../../output/view.ts';
import type { SnapshotStatus } from './listed-snapshots.ts';

export function statusMood(status: SnapshotStatus | 'FAILED'): Mood {
  switch (status) {
    case 'COMPLETED':
      return 'good';
    case 'INCOMPLETE':
      return 'doubtful';
    case 'BROKEN':
    case 'FAILED':
      return 'bad';
  }
}
