import { expect, test } from 'vitest';
import { decideTtl, type TtlEvent } from '../../../../src/engine/state/ttl/decide-ttl.ts';
import type {
  StateTtl,
  TtlCleanup,
  TtlUpdate,
  TtlVisibility,
} from '../../../../src/engine/state/ttl/state-ttl.ts';
import { ttlConfiguration } from '../../../../src/engine/state/ttl/ttl-configuration.ts';

const updates: readonly TtlUpdate[] = ['onCreateAndWrite', 'onReadAndWrite'];
const visibilities: readonly TtlVisibility[] = [
  'neverReturnExpired',
  'returnExpiredIfNotCleanedUp',
];
const cleanups = {
  none: {},
  fullSnapshot: { fullSnapshot: true },
  incremental: { incremental: {} },
  compaction: { compaction: {} },
  all: { fullSnapshot: true, incremental: {}, compaction: {} },
} as const satisfies Record<string, TtlCleanup>;
type Cleanup = keyof typeof cleanups;
const cleanupNames = Object.keys(cleanups) as Cleanup[];

/** What is expected of a value that lives 10 ms, 9 ms and 10 ms after its life started. */
const alive = {
  onCreateAndWrite: 'seen keep',
  onReadAndWrite: 'seen restamp',
} as const satisfies Record<TtlUpdate, string>;
const expired = {
  neverReturnExpired: 'unseen drop',
  returnExpiredIfNotCleanedUp: 'seen drop',
} as const satisfies Record<TtlVisibility, string>;
const cleans = {
  snapshot: ['fullSnapshot', 'all'],
  incremental: ['incremental', 'all'],
  compaction: ['compaction', 'all'],
} as const satisfies Partial<Record<TtlEvent, readonly Cleanup[]>>;

const cases = updates.flatMap((update) =>
  visibilities.flatMap((visibility) =>
    cleanupNames.map((cleanup) => ({ update, visibility, cleanup })),
  ),
);

test.each(cases)('$update, $visibility, clean-up $cleanup', ({ update, visibility, cleanup }) => {
  const at = (event: TtlEvent, ageMs: number): string => {
    const ttl = configurationOf({ ttlMs: 10, update, visibility, cleanup: cleanups[cleanup] });
    const { isVisible, next } = decideTtl(ttl, event, 1_000, 1_000 + ageMs);
    return `${isVisible ? 'seen' : 'unseen'} ${next}`;
  };
  expect(at('read', 0)).toBe(alive[update]);
  expect(at('read', 9)).toBe(alive[update]);
  expect(at('read', 10)).toBe(expired[visibility]);
  for (const ageMs of [0, 9, 10, 1_000]) expect(at('write', ageMs)).toBe('unseen restamp');
  for (const event of ['snapshot', 'incremental', 'compaction'] as const) {
    const isCleaned = (cleans[event] as readonly Cleanup[]).includes(cleanup);
    expect(at(event, 9)).toBe('unseen keep');
    expect(at(event, 10)).toBe(isCleaned ? 'unseen drop' : 'unseen keep');
  }
});

test('a clock that goes back does not end a life', () => {
  const ttl = configurationOf({ ttlMs: 10 });
  expect(decideTtl(ttl, 'read', 1_000, 0)).toEqual({ isVisible: true, next: 'keep' });
});

test('leaves the last reader nothing of Flink to guess: the defaults are its own', () => {
  expect(configurationOf({ ttlMs: 1 })).toEqual({
    ttlMs: 1,
    readsRestamp: false,
    returnsExpired: false,
    leavesOutOfSnapshots: false,
    incremental: { keys: 5, perRow: false },
    compaction: null,
  });
});

test.each([
  [{ ttlMs: 0 }, 'ttlMs'],
  [{ ttlMs: 1.5 }, 'ttlMs'],
  [{ ttlMs: 1, update: 'onRead' }, 'update'],
  [{ ttlMs: 1, visibility: 'always' }, 'visibility'],
  [{ ttlMs: 1, cleanup: { incremental: { keys: 0 } } }, 'keys'],
  [{ ttlMs: 1, cleanup: { compaction: { queryTimeAfterEntries: -1 } } }, 'queryTimeAfterEntries'],
])('%j is refused', (ttl, named) => {
  expect(ttlConfiguration(ttl as unknown as StateTtl)).toContain(named);
});

function configurationOf(ttl: StateTtl): Exclude<ReturnType<typeof ttlConfiguration>, string> {
  const configuration = ttlConfiguration(ttl);
  if (typeof configuration === 'string') throw new Error(configuration);
  return configuration;
}
