/** What a command asks of a cluster, and how it shows the answer. */
import type { View } from '../../output/view.ts';
import type { ClusterSession } from './cluster-session.ts';

export interface Answer<Result extends object> extends AnswerForm<Result> {
  readonly ask: (session: ClusterSession) => Promise<Result>;
}

/** An answer for which no cluster is asked, or none any more. */
export interface OwnAnswer<Result extends object> extends AnswerForm<Result> {
  readonly ask: () => Promise<Result>;
}

interface AnswerForm<Result extends object> {
  readonly view: (result: Result) => View;
  /** True: --watch ends with this answer. */
  readonly isLast?: (result: Result) => boolean;
  /** Exit status although nothing failed, such as for findings. */
  readonly exitStatus?: (result: Result) => number;
}
