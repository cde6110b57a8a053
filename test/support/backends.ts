/** Keyed backends for tests: made, filled and restored without an operator around them. */
import { ByteBlock } from '../../src/engine/batch/byte-block.ts';
import { KeyedBackend, type BackendOptions } from '../../src/engine/state/backend/keyed-backend.ts';
import type { KeyedStates } from '../../src/engine/state/keyed/keyed-states.ts';
import type { StatePart } from '../../src/engine/state/state-part.ts';
import { restoreInto } from './operator-state.ts';
import { roomyTestMemory } from './test-memory.ts';

export function backendOf(nowMs: () => number, options?: BackendOptions): KeyedBackend {
  return new KeyedBackend(roomyTestMemory(), nowMs, options);
}

/** Id of a key that is a text. */
export function textKey({ keys }: KeyedBackend, text: string): number {
  const bytes = new TextEncoder().encode(text);
  const ids = new Int32Array(1);
  const start = new Int32Array(1);
  const length = Int32Array.of(bytes.length);
  keys.dictionary.internAll({ block: ByteBlock.of(bytes), start, length }, 1, ids);
  return ids[0]!;
}

/** Before states are declared. */
export function restoreBackend(
  backend: KeyedBackend,
  states: KeyedStates,
  parts: readonly StatePart[],
): void {
  restoreInto(
    {
      restoreState: (restored) => {
        backend.restoreState(restored, (kind, name) => states.restoredTable(kind, name));
      },
    },
    parts,
  );
}
