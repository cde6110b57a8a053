/**
 * What must hold for the state that an operator writes: an operator that is restored from it, alone
 * or as several, writes equal parts; and bytes that are cut or changed are refused as corrupt or read
 * as another state, but nothing else comes of them.
 */
import { expect } from 'vitest';
import type { Operator } from '../../src/engine/operator/contract.ts';
import type { StatePart } from '../../src/engine/state/state-part.ts';
import { runOperator, type HarnessEvent, type HarnessSpec } from './operator-harness.ts';
import { restoreInto, restoreSubtask, stateOf } from './operator-state.ts';

/** Draws an integer from 0 to below the limit. */
type Draw = (limit: number) => number;

const SUBTASKS = 3;
const CHANGES = 8;

/** Checks the state after each event. */
export function checkStates(spec: HarnessSpec, events: readonly HarnessEvent[], draw: Draw): void {
  const create = (): Operator => {
    const operator = spec.create();
    const write = operator.snapshotState.bind(operator);
    operator.snapshotState = (snapshot) => {
      write(snapshot);
      checkState(spec, stateOf({ snapshotState: write }), draw);
    };
    return operator;
  };
  const mode = { rowsPerBatch: 2048, outputCapacity: 'unlimited', snapshots: 'taken' } as const;
  runOperator({ ...spec, create }, events, mode);
}

export function checkState(
  spec: Pick<HarnessSpec, 'create' | 'keyColumns'>,
  state: readonly StatePart[],
  draw: Draw,
): void {
  checkRoundTrip(spec.create, state);
  if (spec.keyColumns !== undefined) checkDivided(spec.create, state);
  for (let count = 0; count < CHANGES && state.length > 0; count++) {
    checkCorrupt(spec.create, state, draw);
  }
}

function checkRoundTrip(create: () => Operator, state: readonly StatePart[]): void {
  const operator = create();
  restoreInto(operator, state);
  expect(stateOf(operator)).toEqual(state);
  operator.close();
}

/** Key groups written by several subtasks are those that one had written. */
function checkDivided(create: () => Operator, state: readonly StatePart[]): void {
  const written = Array.from({ length: SUBTASKS }, (_, subtask) => {
    const operator = create();
    restoreSubtask(operator, [{ subtask: 0, parts: state }], { subtask, parallelism: SUBTASKS });
    const parts = stateOf(operator);
    operator.close();
    return parts;
  });
  const keyed = ({ kind }: StatePart): boolean => kind === 'key-group';
  expect(written.flat().filter(keyed)).toEqual(state.filter(keyed));
}

function checkCorrupt(create: () => Operator, state: readonly StatePart[], draw: Draw): void {
  const at = draw(state.length);
  const { bytes } = state[at]!;
  if (bytes === null || bytes.length === 0) return;
  const isCut = draw(3) === 0;
  const changed = isCut ? bytes.slice(0, draw(bytes.length)) : bytes.slice();
  if (!isCut) changed[draw(bytes.length)]! ^= 1 << draw(8);
  const parts = state.with(at, { ...state[at]!, bytes: changed });
  const operator = create();
  let error: unknown = null;
  try {
    restoreInto(operator, parts);
    stateOf(operator);
  } catch (thrown) {
    error = thrown;
  }
  operator.close();
  if (isCut || error !== null) expect(error).toMatchObject({ code: 'DREY_STATE_CORRUPT' });
}
