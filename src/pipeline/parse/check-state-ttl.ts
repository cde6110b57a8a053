/** Where `state-ttl` may stand: on operations whose state has no end of its own. */
import type { ScalarNode } from '../../document/document-node.ts';
import type { TransformDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';

/** False when it stands where it means nothing, which is reported. */
export function checkStateTtl(
  values: TransformDraft['values'],
  key: ScalarNode,
  reader: FileReader,
): boolean {
  const ttl = values['state-ttl'];
  if (ttl === null || (values.aggregate !== null && values.window === null)) return true;
  const isWindow = values.window !== null;
  reader.report(ttl.node ?? key, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: isWindow
      ? 'state-ttl does not go with a window, whose state ends with it.'
      : 'This node keeps no state that state-ttl could end.',
    hint: isWindow
      ? 'Leave it out; emit.allowed-lateness says how long a window waits for late rows.'
      : 'It belongs to an aggregation without a window, a dedup or a top-n.',
  });
  return false;
}
