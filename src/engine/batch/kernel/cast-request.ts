/** What a kernel of CAST is made for. */
import type { LogicalType } from '../../../expression/type.ts';
import type { ScalarEvaluation } from './scalar-rows.ts';

/** A cast to make: its types, and the value by the scalar definition. */
export interface CastRequest {
  readonly from: LogicalType;
  readonly to: LogicalType;
  readonly evaluate: ScalarEvaluation;
}
