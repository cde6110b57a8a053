/** What all operators of a task share. */
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';

export interface TaskContext {
  readonly evaluation: EvaluationContext;
  /** Where the task's kernels work. */
  readonly memory: LinearMemory;
}
