/**
 * Names of what is written of watermarks between operators, among the state of an operator. It is
 * no state of the operator's own: a snapshot may be restored without the operator and lose nothing.
 */
import type { StatePart } from '../state/state-part.ts';

const PREFIX = 'time/';

export function inputTimeName(input: number): string {
  return `${PREFIX}input/${input}`;
}

export function outputTimeName(stream: string): string {
  return `${PREFIX}output/${stream}`;
}

export function isTimeState(part: StatePart): boolean {
  return part.kind === 'union-list' && part.name.startsWith(PREFIX);
}
