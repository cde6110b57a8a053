/** What all operators of a task share. */
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { Redis } from '../../platform/redis.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { BackendOptions } from '../state/backend/keyed-backend.ts';

export interface TaskContext {
  readonly evaluation: EvaluationContext;
  /** Where the task's kernels work. */
  readonly memory: LinearMemory;
  /** Number of key groups; absent: MAX_PARALLELISM_DEFAULT. */
  readonly maxParallelism?: number;
  /** Above so many keys their state is written while rows go on; absent: BARRIER_IDS_MAX. */
  readonly barrierIdsMax?: number;
  /** Absent where nothing outside is to be changed: in tests of a pipeline. */
  readonly redis?: Redis;
  /** Default exports of the modules that process functions come from, by absolute path. */
  readonly modules?: ReadonlyMap<string, unknown>;
  /** How keyed state is kept and written. */
  readonly stateBackend?: BackendOptions;
}
