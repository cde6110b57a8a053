/** An interval join in words: what it does, and what it keeps for how long. */
import { durationText } from '../../errors/duration-text.ts';
import type { IntervalJoinNode, JoinInput } from '../../pipeline/plan/logical-plan.ts';
import type { StateLine } from './state-line.ts';

export function joinSummary({ joinKind, left, right, lowerMs, upperMs }: IntervalJoinNode): string {
  return `${joinKind} join of ${left.from.node} with ${right.from.node} from ${signed(lowerMs)} to ${signed(upperMs)} after it`;
}

export function joinState(node: IntervalJoinNode): readonly StateLine[] {
  const { left, right, lowerMs, upperMs, joinKind } = node;
  return [
    rowsLine('left', left, upperMs, joinKind === 'left' || joinKind === 'full'),
    rowsLine('right', right, -lowerMs, joinKind === 'right' || joinKind === 'full'),
    { name: 'watermarks', kind: 'operator', description: 'the watermark of each input' },
  ];
}

function rowsLine(name: string, { from }: JoinInput, keptMs: number, isOuter: boolean): StateLine {
  const bound =
    keptMs === 0
      ? 'until the watermark has passed them'
      : keptMs > 0
        ? `until the watermark is ${durationText(keptMs)} past them`
        : `until the watermark is ${durationText(-keptMs)} before them`;
  return {
    name,
    kind: 'keyed',
    description: `rows of ${from.node}, ${bound}${isOuter ? ', and whether they have met one' : ''}`,
  };
}

function signed(durationMs: number): string {
  return durationMs < 0 ? `-${durationText(-durationMs)}` : durationText(durationMs);
}
