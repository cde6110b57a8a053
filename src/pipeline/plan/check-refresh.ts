/**
 * Which lookup tables can be read again: files, the same way for all lookups of the table, whose
 * rows go nowhere else. Rows that take back what was sent would meet another table than before.
 */
import type { PipelineDraft, SinkDraft, TransformDraft } from '../parse/draft.ts';
import type { FileReader } from '../parse/file-reader.ts';
import type { Located } from '../spec/field.ts';
import type { LookupNode, SourceNode } from './logical-plan.ts';
import type { PlannedNode } from './planned-node.ts';

export interface Refreshes {
  readonly draft: PipelineDraft;
  readonly planned: ReadonlyMap<string, PlannedNode>;
  readonly reader: FileReader;
}

export function checkRefreshes(refreshes: Refreshes): void {
  const { draft, planned } = refreshes;
  for (const transform of draft.transforms) {
    const refresh = transform.values.lookup?.value.refresh ?? null;
    const lookup = planned.get(transform.name)?.node;
    if (refresh === null || lookup?.kind !== 'lookup') continue;
    const table = planned.get(lookup.table)?.node;
    if (table?.kind === 'source') checkRefresh(transform, { refresh, lookup, table }, refreshes);
  }
}

function checkRefresh(
  transform: TransformDraft,
  at: {
    readonly refresh: Located<number>;
    readonly lookup: LookupNode;
    readonly table: SourceNode;
  },
  { draft, planned, reader }: Refreshes,
): void {
  const { refresh, lookup, table } = at;
  const report = (message: string, hint: string): void => {
    reader.report(refresh.node ?? transform.key, { code: 'DREY_PIPELINE_CONFLICT', message, hint });
  };
  if (table.connector.kind !== 'filesystem') {
    report(
      `The table "${table.name}" comes from ${table.connector.kind}, which can be read only once.`,
      'Use a table of connector: filesystem, or leave out refresh.',
    );
  }
  if (table.onError === 'dead-letter') {
    report(
      `The table "${table.name}" keeps dead letters, and each reading would repeat them.`,
      'Let it fail, which leaves the table as it was, or ignore rows that cannot be read.',
    );
  }
  const nodes = [...planned.values()].map(({ node }) => node);
  const other = nodes.find(
    (node) =>
      node.kind === 'lookup' && node.table === table.name && node.refreshMs !== lookup.refreshMs,
  );
  if (other !== undefined) {
    report(
      `"${other.name}" looks up in "${table.name}" with another refresh.`,
      'Give all lookups of a table the same refresh.',
    );
  }
  const stream = [...draft.transforms, ...draft.sinks].find((node) => readsFrom(node, table.name));
  if (stream !== undefined) {
    report(
      `"${stream.name}" reads the table "${table.name}" as a stream, which has its rows once.`,
      'Declare the file a second time as a source of its own.',
    );
  }
  if (planned.get(lookup.from.node)?.streams.get(lookup.from.stream)?.changelog != null) {
    report(
      `"${lookup.from.node}" takes back rows that it has sent, and these would meet another table than before.`,
      'Leave out refresh, or look up before the node that updates.',
    );
  }
}

/** As a stream; a lookup that has it as its table does not. */
function readsFrom(node: TransformDraft | SinkDraft, name: string): boolean {
  if (node.values.from?.value === name) return true;
  if (node.kind === 'sink') return false;
  const { union, join } = node.values;
  const names = [...(union?.value ?? []), join?.value.left ?? null, join?.value.right ?? null];
  return names.some((each) => each?.value === name);
}
