/**
 * What a restore cannot keep, by the nature of a connector: the user hears of it once, when a job
 * starts again. `blackhole` shows no rows, so there is nothing to hear.
 */
import { errorCodes } from '../../errors/codes.ts';
import { EngineError } from '../../errors/drey-error.ts';
import type { StreamNode } from '../graph/stream-graph.ts';

export interface RestoreNote {
  readonly node: string;
  readonly reason: EngineError;
}

export function restoreNotes(nodes: readonly StreamNode[]): readonly RestoreNote[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'source' && node.connector.kind === 'stdin') {
      return [note(node.uid, 'DREY_SOURCE_STARTS_ANEW', startsAnew(node.uid))];
    }
    if (node.kind === 'sink' && node.connector.kind === 'print') {
      return [note(node.uid, 'DREY_SINK_AT_LEAST_ONCE', repeatsRows(node.uid))];
    }
    if (node.kind === 'sink' && node.connector.kind === 'kafka') {
      const { guarantee, changes } = node.connector;
      // The last row of a key is the same however often it comes.
      if (guarantee.kind === 'exactly-once' || changes === 'upsert') return [];
      return [note(node.uid, 'DREY_SINK_AT_LEAST_ONCE', sendsRowsAgain(node.uid))];
    }
    return [];
  });
}

function startsAnew(source: string): string {
  return `source ${source}: standard input cannot be read again; it goes on with what comes now, and rows that were read after the checkpoint are lost`;
}

function repeatsRows(sink: string): string {
  return `sink ${sink}: rows that were printed after the checkpoint are printed again`;
}

function sendsRowsAgain(sink: string): string {
  return `sink ${sink}: rows that were sent after the checkpoint are sent again`;
}

function note(
  node: string,
  code: 'DREY_SOURCE_STARTS_ANEW' | 'DREY_SINK_AT_LEAST_ONCE',
  message: string,
): RestoreNote {
  return { node, reason: new EngineError(code, message, { hint: errorCodes[code].next }) };
}
