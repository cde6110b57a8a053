/**
 * What a scalar function is: its name in Flink's documentation, how its operand types lead to a
 * result type, and its value on canonical values. The engine may have a faster column kernel for
 * the same name; this definition is the reference for it.
 */
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';

export type FunctionCategory =
  | 'comparison'
  | 'logical'
  | 'arithmetic'
  | 'string'
  | 'temporal'
  | 'conditional'
  | 'type conversion'
  | 'collection'
  | 'json'
  | 'hash'
  | 'grouping';

/** What evaluation may depend on besides its operands. */
export interface EvaluationContext {
  /** IANA name of `table.local-time-zone`. */
  readonly timeZone: string;
  /** Epoch milliseconds for CURRENT_TIMESTAMP and the like; from the engine's clock. */
  readonly nowMs: () => number;
  /** Uniform in [0, 1), from the engine's seeded random. */
  readonly random: () => number;
}

/** The types a call was resolved to. */
export interface Resolution {
  /** What each operand is cast to before the call; same length as the operands. */
  readonly operands: readonly LogicalType[];
  readonly result: LogicalType;
}

/** A call that does not fit: a sentence that names the expected and the found types. */
export interface Mismatch {
  readonly mismatch: string;
}

export interface ScalarFunction {
  /** Upper case, as in Flink's documentation: `SUBSTRING`, `=`, `IS NULL`. */
  readonly name: string;
  readonly category: FunctionCategory;
  /** As documented, one line a form: `SUBSTRING(string FROM start [FOR length])`. */
  readonly syntax: readonly string[];
  /** One sentence. */
  readonly summary: string;
  /** False for RAND, UUID, CURRENT_TIMESTAMP and the like: never folded, never memoised. */
  readonly deterministic: boolean;
  /**
   * True when a NULL operand makes the result NULL without calling `evaluate`. False for IS NULL,
   * CONCAT_WS and others that look at NULLs themselves.
   */
  readonly strict: boolean;
  readonly resolve: (
    operands: readonly LogicalType[],
    literals: readonly (Value | undefined)[],
  ) => Resolution | Mismatch;
  /**
   * The value for canonical operand values of the resolved types. Throws EvaluationError where
   * Flink fails the job (division by zero, CAST of a text that is no number).
   */
  readonly evaluate: (
    operands: readonly Value[],
    types: Resolution,
    context: EvaluationContext,
  ) => Value;
}
