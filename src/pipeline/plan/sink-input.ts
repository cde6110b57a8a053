/** What the planner of a sink is given. */
import type { SinkDraft } from '../parse/draft.ts';
import type { NodeLookup } from './bounded-source.ts';
import type { NodePlace, StreamColumns } from './planned-node.ts';
import type { StreamReference } from './stream-reference.ts';
import type { Typing } from './typing.ts';

export interface SinkInput {
  readonly draft: SinkDraft;
  readonly place: NodePlace;
  readonly from: StreamReference;
  readonly stream: StreamColumns;
  readonly typing: Typing;
  readonly nodeOf: NodeLookup;
  /** `table.local-time-zone`. */
  readonly timeZone: string;
}
