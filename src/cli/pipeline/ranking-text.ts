/** What a dedup or a top-n is and keeps, in words. */
import { durationText } from '../../errors/duration-text.ts';
import type { DedupNode, TopNNode } from '../../pipeline/plan/logical-plan.ts';
import type { StateLine } from './state-line.ts';

type Ranking = DedupNode | TopNNode;

/** One line. */
export function rankingSummary(node: Ranking): string {
  return node.kind === 'dedup' ? dedupSummary(node) : topNSummary(node);
}

function dedupSummary({ keep, timeIndex }: DedupNode): string {
  const order = timeIndex === null ? 'as they arrive' : 'by event time';
  const form = keep === 'first' ? 'appended' : 'updated';
  return `${keep} row of each key, ${order}, ${form}`;
}

function topNSummary({ n, form, columns, orderBy, partitionBy, hasRank }: TopNNode): string {
  const order = orderBy
    .map(({ index, isDescending }) => `${columns[index]?.name}${isDescending ? ' DESC' : ''}`)
    .join(', ');
  const names = partitionBy.flatMap((index) => columns[index]?.name ?? []);
  const partition = names.length === 0 ? '' : ` of each ${names.join(', ')}`;
  const rank = hasRank ? ', with rank' : '';
  return `first ${n}${partition} by ${order}${rank}, ${formText(form)}`;
}

function formText(form: TopNNode['form']): string {
  if (form.kind === 'window') return 'when the window ends';
  return form.input === null ? 'updated' : 'updated, over an input that is corrected';
}

export function rankingState(node: Ranking): readonly StateLine[] {
  return node.kind === 'dedup' ? dedupState(node) : topNState(node);
}

function dedupState({ keep, timeIndex, stateTtlMs }: DedupNode): readonly StateLine[] {
  const kept = keptFor(stateTtlMs);
  if (keep === 'last') {
    return [{ name: 'rows', kind: 'keyed', description: `the last row of each key, ${kept}` }];
  }
  const keys: StateLine = {
    name: 'keys',
    kind: 'keyed',
    description: `each key that a row has come out of, ${kept}`,
  };
  if (timeIndex === null) return [keys];
  return [
    {
      name: 'waiting',
      kind: 'keyed',
      description: 'the first row of each key, until the watermark has come to it',
    },
    keys,
  ];
}

function topNState({ n, form }: TopNNode): readonly StateLine[] {
  if (form.kind === 'window') {
    const description = `${n} rows of each open window and partition, freed when the window ends`;
    return [{ name: 'rows', kind: 'keyed', description }];
  }
  const { window, stateTtlMs } = form;
  const kept =
    window === null
      ? keptFor(stateTtlMs)
      : `freed ${window.latenessMs === 0 ? 'when the window ends' : `${durationText(window.latenessMs)} after the window has ended`}`;
  const description =
    form.input === null
      ? `${n} rows of each partition, ${kept}`
      : `all rows of each partition, as one behind the first ${n} may come to the front, ${kept}`;
  return [{ name: 'rows', kind: 'keyed', description }];
}

function keptFor(ttlMs: number): string {
  return ttlMs === 0 ? 'kept for ever' : `kept for ${durationText(ttlMs)} after the last write`;
}
