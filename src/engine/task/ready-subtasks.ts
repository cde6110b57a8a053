/**
 * Which subtask takes the next step: of those that can, the one nearest to the sinks; sources, of
 * which each can often go on for ever, in turns and after the others; or the one that a function
 * picks. A subtask is asked only after something has happened to it that may let it go on, so those
 * that are idle cost nothing, however many there are.
 * Invariant: every subtask that is runnable is ready; one that is ready may turn out not to be runnable.
 */
import type { SubtaskName } from '../checkpoint/coordinator-events.ts';

/** Of the subtasks that can step, the one that does; at least one is given. */
export type PickSubtask = (runnable: readonly SubtaskName[]) => number;

/** What the loop asks of a subtask. */
export interface ReadySubtask {
  readonly place: SubtaskName;
  readonly isRunnable: boolean;
  /** `isHeldBack`: it goes on when others come on, which do not know of it. */
  readonly sources: readonly { readonly isHeldBack: boolean }[];
}

const WORD_BITS = 32;

export class ReadySubtasks<S extends ReadySubtask> {
  private readonly pick: PickSubtask | null;
  /** By number. */
  private subtasks: readonly S[] = [];
  /** One bit for each number: the subtask is ready. */
  private readonly words: number[] = [];
  private count = 0;
  /** Of the source that stepped last; those below it are next. */
  private lastSource = 0;

  constructor(pick: PickSubtask | null) {
    this.pick = pick;
  }

  /** The number of one more subtask, which is ready; those upstream come first. */
  register(): number {
    const number = this.count++;
    if (number % WORD_BITS === 0) this.words.push(0);
    this.add(number);
    return number;
  }

  /** All that have got numbers, in that order. */
  start(subtasks: readonly S[]): void {
    this.subtasks = subtasks;
  }

  /** Something has happened that may let it go on. */
  add(number: number): void {
    this.words[number >>> 5]! |= 1 << (number & 31);
  }

  /** The one that steps next; null: none can. */
  next(): S | null {
    const { pick } = this;
    const runnable: S[] = [];
    const sources: number[] = [];
    for (let word = this.words.length - 1; word >= 0; word--) {
      // Those that are passed leave the copy; those that cannot step, both.
      for (let bits = this.words[word]!; bits !== 0;) {
        const bit = 31 - Math.clz32(bits);
        bits &= ~(1 << bit);
        const number = word * WORD_BITS + bit;
        const subtask = this.subtasks[number]!;
        if (!subtask.isRunnable) {
          if (!isHeldBack(subtask)) this.words[word]! &= ~(1 << bit);
        } else if (subtask.sources.length > 0) {
          sources.push(number);
        } else if (pick === null) {
          return subtask;
        } else {
          runnable.push(subtask);
        }
      }
    }
    return this.chosen(runnable, sources);
  }

  /** `sources`: their numbers, falling. */
  private chosen(others: readonly S[], sources: readonly number[]): S | null {
    const turn = Math.max(
      0,
      sources.findIndex((number) => number < this.lastSource),
    );
    const inTurn = [...sources.slice(turn), ...sources.slice(0, turn)];
    const runnable = [...others, ...inTurn.map((number) => this.subtasks[number]!)];
    if (runnable.length === 0) return null;
    const at = this.pick?.(runnable.map(({ place }) => place)) ?? 0;
    if (at >= others.length) this.lastSource = inTurn[at - others.length]!;
    return runnable[at]!;
  }
}

function isHeldBack({ sources }: ReadySubtask): boolean {
  for (const source of sources) if (source.isHeldBack) return true;
  return false;
}
