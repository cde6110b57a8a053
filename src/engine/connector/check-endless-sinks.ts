/**
 * Refuses a job whose output nobody would ever see: part files become visible with a checkpoint or
 * at the end of the input, so a `filesystem` sink behind a source that never ends needs checkpoints.
 * Standard input may end, so it is no such source.
 */
import { errorCodes } from '../../errors/codes.ts';
import { InputError } from '../../errors/drey-error.ts';
import type { StreamGraph, StreamNode } from '../graph/stream-graph.ts';
import type { SourceConnectorSpec } from './connector-spec.ts';

/** Throws an InputError. Of a job that takes no checkpoints by itself. */
export function checkEndlessSinks({ nodes }: StreamGraph): void {
  const endless = new Map<string, string>();
  // Inputs come before those that read them.
  for (const node of nodes) {
    const source = endlessSourceOf(node, endless);
    if (source === null) continue;
    endless.set(node.uid, source);
    if (node.kind === 'sink' && node.connector.kind === 'filesystem') throw refused(node, source);
  }
}

/** The first source before the node that never ends; null: there is none. */
function endlessSourceOf(node: StreamNode, endless: ReadonlyMap<string, string>): string | null {
  switch (node.kind) {
    case 'source':
      return neverEnds(node.connector) ? node.uid : null;
    case 'operator':
      return node.inputs.map((input) => endless.get(input.node)).find(isName) ?? null;
    case 'sink':
      return endless.get(node.input.node) ?? null;
  }
}

function neverEnds(connector: SourceConnectorSpec): boolean {
  switch (connector.kind) {
    case 'filesystem':
      return connector.monitorIntervalMs !== undefined;
    case 'stdin':
      return false;
    case 'datagen': {
      const { numberOfRows, fields } = connector.options;
      return numberOfRows === null && fields.every(({ generator }) => generator !== 'sequence');
    }
  }
}

function isName(name: string | undefined): name is string {
  return name !== undefined;
}

function refused(sink: StreamNode, source: string): InputError {
  return new InputError(
    'DREY_SINK_NEVER_COMMITS',
    `sink ${sink.uid}: its files become visible with checkpoints, the job takes none, and source ${source} never ends`,
    {
      hint: errorCodes.DREY_SINK_NEVER_COMMITS.next,
      details: { sink: sink.uid, source },
    },
  );
}
