/** Where `state-ttl` may stand: on operations whose state has no end of its own. */
import type { ScalarNode } from '../../document/document-node.ts';
import type { TransformDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';

/** Fields of the operations that keep state without an end of its own. */
const keepers = ['aggregate', 'dedup', 'top-n', 'dictionary'] as const;

/** False when it stands where it means nothing, which is reported. */
export function checkStateTtl(
  values: TransformDraft['values'],
  key: ScalarNode,
  reader: FileReader,
): boolean {
  const ttl = values['state-ttl'];
  const isWindow = values.window !== null;
  const isKept = !isWindow && keepers.some((name) => values[name] !== null);
  if (ttl === null || isKept) return true;
  reader.report(ttl.node ?? key, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: isWindow
      ? 'state-ttl does not go with a window, whose state ends with it.'
      : 'This node keeps no state that state-ttl could end.',
    hint: isWindow
      ? 'Leave it out; emit.allowed-lateness says how long a window waits for late rows.'
      : 'It belongs to an aggregation without a window, a dedup, a top-n or a dictionary.',
  });
  return false;
}
