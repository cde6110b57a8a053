/** What the planner of a transform with one input is given. */
import type { TransformDraft } from '../parse/draft.ts';
import type { StreamReference } from './stream-reference.ts';
import type { NodePlace, StreamColumns } from './planned-node.ts';
import type { Typing } from './typing.ts';

export interface TransformInput {
  readonly draft: TransformDraft;
  readonly place: NodePlace;
  readonly from: StreamReference;
  readonly stream: StreamColumns;
  readonly typing: Typing;
}
