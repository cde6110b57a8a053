/** The parts of a snapshot: bytes of one operator of one subtask, of a kind that says who gets them. */
import type { KeyGroupRange } from './key-groups.ts';

export type StatePart =
  | { readonly kind: 'key-group'; readonly group: number; readonly bytes: Uint8Array }
  | {
      readonly kind: 'list' | 'union-list' | 'broadcast';
      readonly name: string;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'subtask'; readonly bytes: Uint8Array }
  /** In-flight data of an unaligned checkpoint: of one input channel, in its order. */
  | {
      readonly kind: 'input-channel';
      readonly input: number;
      readonly fromSubtask: number;
      readonly bytes: Uint8Array;
    }
  /** An immutable piece; `bytes` is null when an earlier checkpoint has written it. */
  | {
      readonly kind: 'piece';
      readonly id: string;
      readonly keyGroups: KeyGroupRange;
      readonly bytes: Uint8Array | null;
    };

/** What one subtask of one operator has written. */
export interface SubtaskState {
  readonly subtask: number;
  readonly parts: readonly StatePart[];
}
