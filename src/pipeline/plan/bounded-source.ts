/** Which sources end, and what of a plan is behind one that does not. */
import type { PlanNode, SourceNode } from './logical-plan.ts';
import type { StreamReference } from './stream-reference.ts';

export function isBoundedSource({ connector }: SourceNode): boolean {
  switch (connector.kind) {
    case 'filesystem':
      return connector.monitorIntervalMs === undefined;
    case 'stdin':
      return true;
    case 'kafka':
      return connector.bounded.kind !== 'unbounded';
    case 'datagen': {
      const { numberOfRows, fields } = connector.options;
      return numberOfRows !== null || fields.some((field) => field.generator === 'sequence');
    }
  }
}

export type NodeLookup = (name: string) => PlanNode | null;

/** The streams whose rows a node takes; without the tables of lookups, which end. */
export function inputsOf(node: PlanNode): readonly StreamReference[] {
  switch (node.kind) {
    case 'source':
      return [];
    case 'union':
      return node.inputs.map(({ from }) => from);
    case 'select':
    case 'lookup':
    case 'window-aggregate':
    case 'running-aggregate':
    case 'dedup':
    case 'top-n':
    case 'dictionary':
    case 'async':
    case 'process':
    case 'sink':
      return [node.from];
    case 'interval-join':
      return [node.left.from, node.right.from];
  }
}

/** The first source found before a stream that never ends; null: rows come to an end. */
export function unboundedSourceOf(stream: StreamReference, nodeOf: NodeLookup): SourceNode | null {
  const seen = new Set<string>();
  const waiting = [stream.node];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = seen.has(name) ? null : nodeOf(name);
    seen.add(name);
    if (node === null) continue;
    if (node.kind === 'source' && !isBoundedSource(node)) return node;
    waiting.push(...inputsOf(node).map((from) => from.node));
  }
  return null;
}
