/** Which subtask steps next, drawn by seed: the orders in which faults of ordering show. */
import type { PickSubtask } from '../../src/engine/minicluster.ts';
import type { SeededRandom } from '../../src/platform/simulated/random.ts';
import type { PickPolicy } from './schedule.ts';

/** Steps between two changes of the priorities. */
const CHANGE_EVERY_MAX = 60;
const SUBTASKS_MAX = 64;

export function pickPolicy(policy: PickPolicy, random: SeededRandom): PickSubtask {
  switch (policy) {
    case 'downstream':
      return () => 0;
    case 'upstream':
      return (runnable) => runnable.length - 1;
    case 'uniform':
      return (runnable) => random.index(runnable.length);
    case 'starve': {
      const victim = random.index(SUBTASKS_MAX);
      return (runnable) => {
        const at = random.index(runnable.length);
        const name = runnable[at];
        const isVictim = name !== undefined && hashOf(name) % 4 === victim % 4;
        return isVictim ? random.index(runnable.length) : at;
      };
    }
    case 'priorities': {
      let left = 0;
      let salt = 0;
      return (runnable) => {
        if (left-- <= 0) {
          left = random.index(CHANGE_EVERY_MAX);
          salt = random.index(2 ** 30);
        }
        const ranks = runnable.map(
          (name) => (Math.imul(hashOf(name) + 1, 0x9e3779b1) ^ salt) >>> 0,
        );
        return ranks.indexOf(Math.max(...ranks));
      };
    }
  }
}

function hashOf({
  vertexId,
  subtask,
}: {
  readonly vertexId: string;
  readonly subtask: number;
}): number {
  let hash = subtask;
  for (let at = 0; at < vertexId.length; at++) hash = hash * 31 + vertexId.charCodeAt(at);
  return hash >>> 0;
}
