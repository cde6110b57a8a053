import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  SlotProtocol,
  type SlotEvent,
} from '../../../../../src/engine/connector/kafka/sink/slot-protocol.ts';
import { runs } from '../../../../support/property-runs.ts';
import { CoordinatorModel } from './coordinator-model.ts';
import { SinkLife, type Network, type PendingRows } from './sink-life.ts';

/** A complete checkpoint: rows before `position` are committed or pending. */
interface Checkpoint {
  readonly id: number;
  readonly position: number;
  readonly pending: readonly PendingRows[];
}

const STEPS_MAX = 20_000;

/** Lives of one job, one after the other, over one slot. */
class World {
  readonly model = new CoordinatorModel();
  readonly network: Network;
  readonly complete: Checkpoint[] = [{ id: 0, position: 0, pending: [] }];
  lives: SinkLife[] = [];
  position = 0;
  nextId = 1;
  private runCount = 0;
  /** Rows from here on were committed by a life that was left for an older checkpoint. */
  private rewindTo: number | null = null;

  constructor(random: () => number, faultShare: number) {
    this.network = { random, late: [], faultShare };
    this.start(this.complete[0]!);
  }

  get current(): SinkLife {
    return this.lives.at(-1)!;
  }

  start({ id, position, pending }: Checkpoint): void {
    for (const life of this.lives) life.isAllowed = false;
    const run = (++this.runCount).toString(16).padStart(10, 'a');
    this.lives = [...this.lives.slice(-2), new SinkLife(run, pending, this)];
    this.position = position;
    this.nextId = id + 1;
  }

  /** The job is started from a checkpoint that is not its last one. */
  rewind(): void {
    const { random } = this.network;
    const chosen = this.complete[Math.floor(random() * this.complete.length)]!;
    this.complete.splice(this.complete.indexOf(chosen) + 1);
    this.rewindTo = Math.min(this.rewindTo ?? Infinity, chosen.position);
    this.start(chosen);
  }

  takeRowsAndSnapshot(): void {
    const { current: life } = this;
    if (!life.isOpen || life.end !== null || this.rewindTo !== null) return;
    const { random } = this.network;
    const count = 1 + Math.floor(random() * 3);
    const rows = Array.from({ length: count }, (_, index) => this.position + index);
    this.position += count;
    const id = this.nextId++;
    const { generation } = life.protocol;
    life.pending.push({ label: { run: life.run, generation, epoch: id }, rows });
    // Not every checkpoint becomes complete, and not every complete one is committed.
    if (random() < 0.3) return;
    this.complete.push({ id, position: this.position, pending: [...life.pending] });
    if (random() < 0.8) life.commitUpTo(id);
  }

  step(): void {
    const { random, late } = this.network;
    const life = this.lives[Math.floor(random() * this.lives.length)]!;
    life.step();
    if (random() < 0.5) this.model.complete();
    if (late.length > 0 && random() < 0.2) {
      this.model.apply(late.splice(Math.floor(random() * late.length), 1)[0]!);
    }
    if (random() < 0.01) this.model.timeOut();
    this.forgetRewound();
  }

  /** Of the lives before: their rows behind the checkpoint come again, which is no fault. */
  private forgetRewound(): void {
    if (this.rewindTo === null || !this.current.hasClaimed) return;
    const { rewindTo } = this;
    this.rewindTo = null;
    const kept = this.model.committed.filter((row) => row < rewindTo);
    this.model.committed.splice(0, Infinity, ...kept);
  }

  /** No more faults: everything that was taken becomes visible. */
  finish(): void {
    this.network.faultShare = 0;
    for (let step = 0; step < STEPS_MAX; step++) {
      this.step();
      if (this.current.end !== null) this.start(this.complete.at(-1)!);
      if (!this.current.isOpen || this.current.isBusy) continue;
      const { pending } = this.current;
      if (pending.length === 0) return this.model.complete();
      const id = this.nextId++;
      this.complete.push({ id, position: this.position, pending: [...pending] });
      this.current.commitUpTo(id);
    }
    throw new Error('the job does not come to its end');
  }
}

/** Xorshift: one number of fast-check is a whole schedule. */
function randomOf(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function runWorld(seed: number, { rewinds }: { readonly rewinds: boolean }): World {
  const random = randomOf(seed);
  const world = new World(random, random() * 0.5);
  for (let step = 0; step < 400; step++) {
    world.step();
    if (random() < 0.1) world.takeRowsAndSnapshot();
    const isOver = world.current.end !== null;
    if (isOver || random() < 0.01) world.start(world.complete.at(-1)!);
    if (rewinds && random() < 0.005) world.rewind();
  }
  world.finish();
  return world;
}

function checkRows({ model, position }: World): void {
  const rows = [...model.committed].sort((a, b) => a - b);
  expect(rows).toEqual(Array.from({ length: position }, (_, row) => row));
}

describe('a slot of an exactly-once sink', () => {
  it('loses and doubles nothing over lost, late and repeated requests, crashes and zombies', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        checkRows(runWorld(seed, { rewinds: false }));
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('loses and doubles nothing before an older checkpoint that a job is started from', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        checkRows(runWorld(seed, { rewinds: true }));
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('lets exactly one of two runs that were started by mistake go on', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = randomOf(seed);
        const world = { model: new CoordinatorModel(), network: quietNetwork(random) };
        const lives = ['a', 'b'].map((run) => new SinkLife(run, [], world));
        for (let step = 0; step < 2_000; step++) {
          lives[Math.floor(random() * 2)]!.step();
          if (random() < 0.5) world.model.complete();
        }
        const ends = lives.map(({ end }) => end?.kind ?? 'goes on').sort();
        expect(ends).toEqual(['fenced', 'goes on']);
      }),
      { numRuns: runs(200) },
    );
  });
});

describe('a run that opens', () => {
  it('gives way to one that has taken the slot meanwhile', () => {
    const protocol = new SlotProtocol({ run: 'aa', expiredMarker: 'refuse', budgetMs: 1_000 });
    const events: SlotEvent[] = [
      { kind: 'begin', task: { kind: 'claim', restored: [] } },
      { kind: 'done' },
      { kind: 'marker', marker: null },
      { kind: 'done' },
      { kind: 'failed', failure: { reason: 'timeout', outcome: 'unknown' } },
      { kind: 'done' },
      { kind: 'done' },
      { kind: 'marker', marker: { generation: 1, run: 'bb', knownFrom: 1, committed: [] } },
    ];
    const effects = events.map((event) => protocol.on(event, 0));
    expect(effects.map(({ kind }) => kind)).toEqual([
      'init-producer',
      'read-marker',
      'check-allowed',
      'add-partitions',
      'wait',
      'init-producer',
      'read-marker',
      'give-up',
    ]);
    expect(effects.at(-1)).toMatchObject({ why: { kind: 'fenced', by: 'bb' } });
  });

  it('says after its time what the last answer was', () => {
    const protocol = new SlotProtocol({ run: 'aa', expiredMarker: 'refuse', budgetMs: 1_000 });
    const failure = { reason: 'COORDINATOR_NOT_AVAILABLE', outcome: 'not-done' } as const;
    protocol.on({ kind: 'begin', task: { kind: 'claim', restored: [] } }, 0);
    expect(protocol.on({ kind: 'failed', failure }, 999)).toEqual({ kind: 'wait', failures: 1 });
    protocol.on({ kind: 'done' }, 999);
    expect(protocol.on({ kind: 'failed', failure }, 1_000)).toEqual({
      kind: 'give-up',
      why: { kind: 'too-long', failure },
    });
  });

  it('tries no more what no later answer can change', () => {
    const protocol = new SlotProtocol({ run: 'aa', expiredMarker: 'refuse', budgetMs: 1_000 });
    const failure = { reason: 'authentication', outcome: 'not-done' } as const;
    protocol.on({ kind: 'begin', task: { kind: 'claim', restored: [] } }, 0);
    expect(protocol.on({ kind: 'failed', failure }, 0)).toMatchObject({
      why: { kind: 'in-vain' },
    });
  });
});

describe('a marker that has expired', () => {
  const label = { run: 'aa', generation: 1, epoch: 5 };

  function restoredWith(expiredMarker: 'refuse' | 'resend' | 'skip'): World['model']['committed'] {
    const model = new CoordinatorModel();
    const network = quietNetwork(randomOf(1));
    const life = new SinkLife('bb', [{ label, rows: [7] }], { model, network }, expiredMarker);
    for (let step = 0; step < 100; step++) {
      life.step();
      model.complete();
    }
    if (expiredMarker !== 'refuse') expect(life).toMatchObject({ end: null, pending: [] });
    else expect(life.end).toEqual({ kind: 'unknown-outcome', label });
    return model.committed;
  }

  it('makes a run refuse restored rows whose outcome nobody knows', () => {
    expect(restoredWith('refuse')).toEqual([]);
  });

  it('leaves restored rows out, or sends them again, where it is told to', () => {
    expect(restoredWith('skip')).toEqual([]);
    expect(restoredWith('resend')).toEqual([7]);
  });

  it('does not matter to a run that restores no rows', () => {
    const model = new CoordinatorModel();
    const life = new SinkLife('bb', [], { model, network: quietNetwork(randomOf(1)) });
    for (let step = 0; step < 100; step++) {
      life.step();
      model.complete();
    }
    expect(model.marker).toEqual({ generation: 1, run: 'bb', knownFrom: 1, committed: [] });
  });
});

function quietNetwork(random: () => number): Network {
  return { random, late: [], faultShare: 0 };
}
