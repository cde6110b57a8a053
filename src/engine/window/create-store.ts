/** From the kind of window to the store of its windows. */
import type { AggregateExpression } from '../../expression/tree.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { CumulateStore } from './cumulate-store.ts';
import { HopStore } from './hop-store.ts';
import { SliceClock } from './slice-clock.ts';
import { TumbleStore } from './tumble-store.ts';
import type { WindowAggregateSpec } from './window-spec.ts';
import type { WindowMaker, WindowStore } from './window-store.ts';

export interface StorePlace {
  readonly aggregates: readonly AggregateExpression[];
  readonly memory: LinearMemory;
  readonly makeWindow: WindowMaker;
}

export function createStore(
  { window, zone }: Pick<WindowAggregateSpec, 'window' | 'zone'>,
  { aggregates, memory, makeWindow }: StorePlace,
): WindowStore {
  const clockOf = (sliceMs: number): SliceClock =>
    new SliceClock({ sliceMs, offsetMs: window.offsetMs, zone });
  switch (window.kind) {
    case 'tumble':
      return new TumbleStore(clockOf(window.sizeMs), makeWindow);
    case 'hop':
      return new HopStore({
        clock: clockOf(window.slideMs),
        sizeMs: window.sizeMs,
        memory,
        slides: aggregates.map(({ function: name, distinct }) => name === 'COUNT' && distinct),
        makeWindow,
      });
    case 'cumulate':
      return new CumulateStore({
        steps: clockOf(window.stepMs),
        windows: clockOf(window.sizeMs),
        makeWindow,
        unchanged: window.leavesOutUnchanged
          ? { kind: 'left-out', resultTypes: aggregates.map(({ type }) => type) }
          : { kind: 'kept' },
      });
  }
}
