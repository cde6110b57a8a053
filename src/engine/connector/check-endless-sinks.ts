/**
 * Refuses a job whose output nobody would ever see: what a `filesystem` sink or an exactly-once
 * `kafka` sink writes becomes visible with a checkpoint or at the end of the input, so that behind a
 * source that never ends it needs checkpoints.
 * Standard input may end, so it is no such source.
 */
import { errorCodes } from '../../errors/codes.ts';
import { InputError } from '../../errors/drey-error.ts';
import type { StreamGraph, StreamNode } from '../graph/stream-graph.ts';
import type { SinkConnectorSpec, SourceConnectorSpec } from './connector-spec.ts';

/** Throws an InputError. Of a job that takes no checkpoints by itself. */
export function checkEndlessSinks({ nodes }: StreamGraph): void {
  const endless = new Map<string, string>();
  // Inputs come before those that read them.
  for (const node of nodes) {
    const source = endlessSourceOf(node, endless);
    if (source === null) continue;
    endless.set(node.uid, source);
    if (node.kind === 'sink' && waitsForCheckpoints(node.connector)) throw refused(node, source);
  }
}

function waitsForCheckpoints(connector: SinkConnectorSpec): boolean {
  switch (connector.kind) {
    case 'filesystem':
      return true;
    case 'kafka':
      return connector.guarantee.kind === 'exactly-once';
    case 'print':
    case 'blackhole':
    case 'redis':
      return false;
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
    case 'kafka':
      return connector.bounded.kind === 'unbounded';
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
    `sink ${sink.uid}: its rows become visible with checkpoints, the job takes none, and source ${source} never ends`,
    {
      hint: errorCodes.DREY_SINK_NEVER_COMMITS.next,
      details: { sink: sink.uid, source },
    },
  );
}
