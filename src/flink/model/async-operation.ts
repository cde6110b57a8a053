/**
 * Operations that the cluster works on after it has answered: savepoints, checkpoints, disposals.
 * COMPLETED says that the work is over, not that it was good; the failure stands inside.
 */
import { decodeFailureCause, type FailureCause } from './failure-cause.ts';
import { Fields } from './fields.ts';
import { triggerIdOf, type TriggerId } from './identifiers.ts';

export type OperationState<Result> =
  | { readonly kind: 'in-progress' }
  | { readonly kind: 'completed'; readonly result: Result }
  | { readonly kind: 'failed'; readonly cause: FailureCause };

export interface SavepointResult {
  readonly location: string;
}

export interface CheckpointResult {
  readonly checkpointId: number;
}

/** Of the answer to a trigger. */
export function decodeTriggerId(answer: unknown): TriggerId {
  return triggerIdOf(Fields.of(answer).requiredText('request-id'));
}

/** Of /jobs/:id/savepoints/:triggerId. */
export function decodeSavepointOperation(answer: unknown): OperationState<SavepointResult> {
  return decodeOperation(answer, (operation) => ({ location: operation.requiredText('location') }));
}

/** Of /jobs/:id/checkpoints/:triggerId. */
export function decodeCheckpointOperation(answer: unknown): OperationState<CheckpointResult> {
  return decodeOperation(answer, (operation) => ({
    checkpointId: operation.requiredNumber('checkpointId'),
  }));
}

/** Of /savepoint-disposal/:triggerId. */
export function decodeDisposal(answer: unknown): OperationState<null> {
  return decodeOperation(answer, () => null);
}

function decodeOperation<Result>(
  answer: unknown,
  decode: (operation: Fields) => Result,
): OperationState<Result> {
  const fields = Fields.of(answer);
  const status = fields.requiredObject('status').requiredText('id');
  if (status !== 'COMPLETED') return { kind: 'in-progress' };
  const operation = fields.requiredObject('operation');
  // Both spellings occur: the first for savepoints and disposals, the second for checkpoints.
  const cause = operation.object('failure-cause') ?? operation.object('failureCause');
  if (cause !== null) return { kind: 'failed', cause: decodeFailureCause(cause) };
  return { kind: 'completed', result: decode(operation) };
}
