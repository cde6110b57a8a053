/**
 * How long state without an end of its own is kept: the node's `state-ttl`, else
 * `table.exec.state.ttl`, else for ever. And where that cannot have been meant: shorter than the
 * groups are, or for ever where rows never end.
 */
import { durationText } from '../../errors/duration-text.ts';
import type { TransformDraft } from '../parse/draft.ts';
import { parseDurationNanoseconds } from '../spec/duration.ts';
import type { Place } from '../spec/field.ts';
import { unboundedSourceOf, type NodeLookup } from './bounded-source.ts';
import { groupSpanOf } from './group-span.ts';
import type { NamedAggregate, NamedExpression } from './logical-plan.ts';
import type { StreamReference } from './stream-reference.ts';
import type { Typing } from './typing.ts';

export const STATE_TTL_KEY = 'table.exec.state.ttl';

/** A node that keeps state by what its rows hold. */
export interface StateOwner {
  readonly draft: TransformDraft;
  readonly from: StreamReference;
  /** A node planned before, by name. */
  readonly nodeOf: NodeLookup;
  readonly typing: Typing;
  /** Warnings are errors. */
  readonly isStrict: boolean;
}

export interface StateTtl {
  /** 0: for ever. */
  readonly ms: number;
  /** Who says so; null: nobody. */
  readonly name: 'state-ttl' | typeof STATE_TTL_KEY | null;
  readonly place: Place;
}

const NANOS_PER_MILLI = 1_000_000;

export function stateTtlOf(
  draft: TransformDraft,
  configuration: ReadonlyMap<string, string>,
): StateTtl {
  const own = draft.values['state-ttl'];
  if (own !== null) return { ms: own.value, name: 'state-ttl', place: own.node ?? draft.key };
  const text = configuration.get(STATE_TTL_KEY);
  const nanos = text === undefined ? 0n : parseDurationNanoseconds(text);
  // A value that is no duration was reported with the configuration.
  if (typeof nanos !== 'bigint' || text === undefined) {
    return { ms: 0, name: null, place: draft.key };
  }
  return { ms: Math.ceil(Number(nanos) / NANOS_PER_MILLI), name: STATE_TTL_KEY, place: draft.key };
}

/** A group that is forgotten while its rows still come is counted in parts, which nobody sees. */
export function checkStateTtl(
  { draft, from, nodeOf, typing }: StateOwner,
  groups: readonly NamedExpression[],
  ttl: StateTtl,
): void {
  if (ttl.ms === 0) return;
  for (const { name, expression } of groups) {
    const span = groupSpanOf(expression, from, nodeOf);
    if (span === null || ttl.ms >= span.lengthMs) continue;
    typing.reader.report(ttl.place, {
      code: 'DREY_PIPELINE_STATE_TTL',
      message: `The groups of "${draft.name}" live for ${durationText(span.lengthMs)} ("${name}" is that of ${span.what}), but ${ttl.name ?? 'state-ttl'} forgets them after ${durationText(ttl.ms)}.`,
      hint: `Set state-ttl to ${durationText(span.lengthMs)} or more: what comes late has to find its group.`,
    });
    return;
  }
}

/** State that grows with what the rows hold, of rows that never end. */
export function warnUnbounded(
  owner: StateOwner,
  aggregation: {
    readonly groupBy: readonly NamedExpression[];
    readonly aggregates: readonly NamedAggregate[];
  },
  ttl: StateTtl,
): void {
  const keepsValues = aggregation.aggregates.some(
    (each) => each.kind === 'aggregate' && each.aggregate.distinct,
  );
  if (aggregation.groupBy.length > 0 || keepsValues) warnKeptForEver(owner, ttl, 'groups');
}

/** As above, of a node that keeps all the groups, keys, rows that it has seen. */
export function warnKeptForEver(
  { draft, from, nodeOf, typing, isStrict }: StateOwner,
  ttl: StateTtl,
  what: 'groups' | 'keys' | 'rows' | 'partitions' | 'values',
): void {
  // A node that says 0 itself means it.
  if (ttl.ms > 0 || ttl.name === 'state-ttl') return;
  const source = unboundedSourceOf(from, nodeOf);
  if (source === null) return;
  typing.reader.report(
    draft.key,
    {
      code: 'DREY_PIPELINE_UNBOUNDED_STATE',
      message: `"${draft.name}" keeps all its ${what} for ever, and the source "${source.name}" never ends.`,
      hint: 'Set state-ttl: 1h, or as long as they may be without news; state-ttl: 0s says that they are to be kept.',
    },
    isStrict ? 'error' : 'warning',
  );
}
