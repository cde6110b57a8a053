/**
 * The keys of an operator's state: a dense id for each, its bytes, and its key group, which is
 * worked out when a snapshot first asks for it.
 * Invariant: an id keeps its key until `sweep` finds it unused by all tables.
 */
import type { LinearMemory } from '../../memory/linear-memory.ts';
import { DictionarySweep } from '../dictionary-sweep.ts';
import { KeyDictionary } from '../key-dictionary.ts';
import { keyGroupOf } from '../key-groups.ts';
import { NULL_KEY_LENGTH } from '../key-ranges.ts';
import type { ByteSink } from './byte-sink.ts';

/** No group has this number: MAX_PARALLELISM_LIMIT is below. */
const NOT_KNOWN = 0xffff;
const INITIAL_KEYS = 64;

export class KeySpace {
  readonly dictionary: KeyDictionary;
  private readonly memory: LinearMemory;
  private readonly dictionarySweep: DictionarySweep;
  /** By id; NOT_KNOWN where nobody has asked yet. */
  private groups = new Uint16Array(INITIAL_KEYS).fill(NOT_KNOWN);
  private maxParallelism = 0;
  /** The whole linear memory as it was last seen. */
  private bytes: Uint8Array = new Uint8Array(0);

  constructor(memory: LinearMemory) {
    this.memory = memory;
    this.dictionary = new KeyDictionary(memory);
    this.dictionarySweep = new DictionarySweep(this.dictionary, memory);
  }

  /** Before groups are asked for; the same for ever in practice. */
  setMaxParallelism(maxParallelism: number): void {
    if (maxParallelism === this.maxParallelism) return;
    this.maxParallelism = maxParallelism;
    this.groups.fill(NOT_KNOWN);
  }

  groupOf(id: number): number {
    if (id >= this.groups.length) this.reach(id);
    const known = this.groups[id]!;
    if (known !== NOT_KNOWN) return known;
    const length = this.dictionary.keyLength(id);
    const address = this.dictionary.keyAddress(id);
    const group = keyGroupOf(this.memoryBytes(), address, length, this.maxParallelism);
    this.groups[id] = group;
    return group;
  }

  /** Appends the key: its length plus one, 0 for the NULL key, and its bytes. */
  writeKey(sink: ByteSink, id: number): void {
    const length = this.dictionary.keyLength(id);
    if (length === NULL_KEY_LENGTH) {
      sink.varint(0);
      return;
    }
    sink.varint(length + 1);
    sink.raw(this.memoryBytes(), this.dictionary.keyAddress(id), length);
  }

  /** Forgets keys that nobody uses, when there are many. `mark`: sets used[id] to 1 for the others. */
  sweep(mark: (used: Uint8Array) => void): void {
    this.dictionarySweep.runWhenDue((used) => {
      mark(used);
      const end = Math.min(used.length, this.groups.length);
      for (let id = 0; id < end; id++) if (used[id] === 0) this.groups[id] = NOT_KNOWN;
    });
  }

  /** What a snapshot has is in use, but for the few keys that were removed since a piece of it. */
  restored(): void {
    this.dictionarySweep.allAreUsed();
  }

  private memoryBytes(): Uint8Array {
    const { buffer } = this.memory.view;
    if (this.bytes.buffer !== buffer) this.bytes = new Uint8Array(buffer);
    return this.bytes;
  }

  private reach(id: number): void {
    const grown = new Uint16Array(Math.max(this.groups.length * 2, id + 1)).fill(NOT_KNOWN);
    grown.set(this.groups);
    this.groups = grown;
  }
}
