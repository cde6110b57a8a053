import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createColumn } from '../../../src/engine/batch/column.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { KeyEncoder } from '../../../src/engine/state/key-encoder.ts';
import { KeyedSections } from '../../../src/engine/state/keyed-sections.ts';
import { LaterSlots } from '../../../src/engine/state/later-slots.ts';
import type { LaterState } from '../../../src/engine/state/operator-snapshot.ts';
import { RestoredParts } from '../../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../../src/engine/state/snapshot-parts.ts';
import type { StatePart } from '../../../src/engine/state/state-part.ts';
import { LaterParts } from '../../support/later-parts.ts';
import { runs } from '../../support/property-runs.ts';
import { testMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';

const MAX_PARALLELISM = 16;

/** Numbers by text, as an operator keeps them; 0: there is none. */
class Numbers {
  readonly dictionary = new KeyDictionary(testMemory);
  readonly later = new LaterSlots(this.dictionary, 0);
  readonly sections = new KeyedSections({
    dictionary: this.dictionary,
    version: 1,
  });
  private readonly encoder = new KeyEncoder(testMemory);
  /** How often a snapshot has asked whether it holds an id. */
  asked = 0;
  private numbers: number[] = [];

  set(texts: readonly string[], number: number): void {
    const ids = this.idsOf(texts);
    this.later.beforeChange(ids, ids.length);
    for (const id of ids) this.numbers[id] = number;
  }

  /** Ids of texts without a number go to others. */
  sweep(): void {
    const used = new Uint8Array(this.dictionary.idLimit);
    for (const id of used.keys()) used[id] = (this.numbers[id] ?? 0) === 0 ? 0 : 1;
    this.dictionary.retain(used);
  }

  take(): Taken {
    const parts = new SnapshotParts({
      checkpointId: 1,
      isSavepoint: false,
      maxParallelism: MAX_PARALLELISM,
    });
    this.later.begin(parts, {
      idLimit: this.dictionary.idLimit,
      isIn: (id) => {
        this.asked++;
        return (this.numbers[id] ?? 0) !== 0;
      },
      writeRun: (writer, ids) => {
        this.sections.writeRun(writer, ids, () => {
          for (const id of ids) writer.uint32(this.numbers[id]!);
        });
      },
    });
    return new Taken(parts.laterStates[0]!);
  }

  restore(parts: readonly StatePart[]): void {
    const now = { subtask: 0, parallelism: 1, maxParallelism: MAX_PARALLELISM };
    this.sections.read(new RestoredParts([{ subtask: 0, parts }], now), (reader, ids) => {
      for (const id of ids) this.numbers[id] = reader.uint32();
    });
  }

  table(texts: readonly string[]): readonly number[] {
    return Array.from(this.idsOf(texts), (id) => this.numbers[id] ?? 0);
  }

  private idsOf(texts: readonly string[]): Int32Array {
    const column = createColumn(types.text, Math.max(1, texts.length));
    for (const [row, text] of texts.entries()) writeValue(column, row, text);
    const ids = new Int32Array(texts.length);
    this.dictionary.internAll(this.encoder.encode([column], texts.length), texts.length, ids);
    return ids;
  }
}

class Taken {
  private readonly state: LaterState;
  private readonly parts = new LaterParts(() => ({ first: 0, last: 0 }));

  constructor(state: LaterState) {
    this.state = state;
  }

  writeNext(): boolean {
    return this.state.writeNext(this.parts);
  }

  finish(): readonly StatePart[] {
    while (this.writeNext());
    this.state.end(true);
    return this.parts.take();
  }

  giveUp(): void {
    this.state.end(false);
  }
}

const texts = 'a b c d e f g h i j k l m n o p q'.split(' ');
type Step =
  | { readonly do: 'set'; readonly texts: readonly string[]; readonly number: number }
  | { readonly do: 'sweep' | 'take' | 'write' | 'finish' | 'give up' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record<Step & { do: 'set' }>({
      do: fc.constant('set'),
      texts: fc.array(fc.constantFrom(...texts), { maxLength: 6 }),
      number: fc.integer({ min: 0, max: 9 }),
    }),
  },
  { weight: 4, arbitrary: fc.constant<Step>({ do: 'write' }) },
  fc.constantFrom<Step>({ do: 'sweep' }, { do: 'take' }, { do: 'finish' }, { do: 'give up' }),
);

interface Pending {
  readonly taken: Taken;
  readonly expected: readonly number[];
}

function check({ taken, expected }: Pending): void {
  const fresh = new Numbers();
  fresh.restore(taken.finish());
  expect(fresh.table(texts)).toEqual(expected);
}

function play(steps: readonly Step[]): void {
  const numbers = new Numbers();
  const current = new Map<string, number>();
  const pending: Pending[] = [];
  for (const each of steps) {
    switch (each.do) {
      case 'set':
        numbers.set(each.texts, each.number);
        for (const text of each.texts) current.set(text, each.number);
        break;
      case 'sweep':
        numbers.sweep();
        break;
      case 'take':
        pending.push({
          taken: numbers.take(),
          expected: texts.map((text) => current.get(text) ?? 0),
        });
        break;
      case 'write':
        pending.at(-1)?.taken.writeNext();
        break;
      case 'finish': {
        const oldest = pending.shift();
        if (oldest !== undefined) check(oldest);
        break;
      }
      case 'give up':
        pending.pop()?.taken.giveUp();
        break;
    }
  }
  for (const each of pending) check(each);
}

describe('state that is written while it changes', () => {
  test('is written as it was at the barrier, whatever changes, goes and comes meanwhile', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), play), { numRuns: runs(300) });
  });

  test('is kept for a snapshot no more once that was given up or is at its end', () => {
    const numbers = new Numbers();
    numbers.set(['a', 'b'], 1);
    const first = numbers.take();
    const second = numbers.take();
    first.giveUp();
    second.finish();
    numbers.asked = 0;
    numbers.set(['a', 'b'], 2);
    expect(numbers.asked).toBe(0);
  });

  test('is written in runs', () => {
    const numbers = new Numbers();
    const many = Array.from({ length: 1000 }, (_, index) => `key ${index}`);
    numbers.set(many, 7);
    const taken = numbers.take();
    let pieces = 0;
    while (taken.writeNext()) pieces++;
    // One to find the groups, one for each of them.
    expect(pieces).toBe(1 + MAX_PARALLELISM);
    const fresh = new Numbers();
    fresh.restore(taken.finish());
    expect(fresh.table(many)).toEqual(many.map(() => 7));
  });
});
