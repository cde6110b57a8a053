/**
 * Which transforms can be the table of a lookup: those that say, for each key, what is current,
 * and take back what is not; a row meets what is current when it comes.
 */
import type { TransformDraft } from '../parse/draft.ts';
import type { FieldProblem, Located } from '../spec/field.ts';
import type { PlanNode, SinkNode } from './logical-plan.ts';
import type { StreamReference } from './stream-reference.ts';
import type { StreamColumns } from './planned-node.ts';
import type { Typing } from './typing.ts';

export type TableNode = Exclude<PlanNode, SinkNode>;

/** The lookup that names the table. */
export interface FollowingLookup {
  readonly draft: TransformDraft;
  readonly from: StreamReference;
  readonly stream: StreamColumns;
  /** A node planned before, by name; null when it is none or was refused. */
  readonly nodeOf: (name: string) => PlanNode | null;
  readonly typing: Typing;
}

/** The transform of this name; null when it cannot be a table, which is reported. */
export function findFollowed(name: Located<string>, input: FollowingLookup): TableNode | null {
  const { typing, draft, stream } = input;
  const node = input.nodeOf(name.value);
  // It was refused itself, which was reported.
  if (node === null || node.kind === 'sink') return null;
  const report = (problem: FieldProblem): null => {
    typing.reader.report(name.node ?? draft.key, problem);
    return null;
  };
  if (node.changelog === null) {
    return report({
      code: 'DREY_PIPELINE_CONFLICT',
      message: `"${node.name}" only adds rows, and does not say which one of a key is current.`,
      hint: 'A lookup table is a source, or a transform that updates one row a key, such as a window with emit.',
    });
  }
  if (node.changelog.key === null) {
    return report({
      code: 'DREY_PIPELINE_CONFLICT',
      message: `The rows of "${node.name}" have no key that tells the current ones apart.`,
      hint: 'Let its select keep the key columns.',
    });
  }
  if (stream.changelog !== null) {
    return report({
      code: 'DREY_PIPELINE_CHANGELOG',
      message: `"${input.from.node}" takes back rows that it has sent, and these would meet another row of "${node.name}" than before.`,
      hint: 'Look up before the node that updates.',
    });
  }
  const refresh = draft.values.lookup?.value.refresh ?? null;
  if (refresh !== null) {
    typing.reader.report(refresh.node ?? draft.key, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: `"${node.name}" is followed as it changes; there is nothing to read again.`,
      hint: 'Leave out refresh.',
    });
  }
  return node;
}

/** The columns that `on` must name; empty where any will do. */
export function keyOf(table: TableNode): readonly string[] {
  return table.kind === 'source' ? table.primaryKey : (table.changelog?.key ?? []);
}
