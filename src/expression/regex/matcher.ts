/**
 * Search in time proportional to text times pattern: all alternatives run side by side, in the
 * order in which a backtracking matcher would try them, so the match is the one that Java finds.
 * Source of the method: R. Cox, "Regular Expression Matching: the Virtual Machine Approach".
 */
import { EvaluationError } from '../evaluation-error.ts';
import { parseRegex } from './parser.ts';
import {
  INSTRUCTIONS_MAX,
  STEPS_MAX,
  type CharacterTest,
  type PlaceTest,
  type RegexNode,
} from './syntax.ts';

type Instruction =
  | { readonly op: 'character'; readonly test: CharacterTest }
  | { readonly op: 'place'; readonly test: PlaceTest }
  | { readonly op: 'save'; readonly slot: number }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'match' };

/** UTF-16 indexes: start and end of the whole match, then of each group; -1 where none. */
export type Match = readonly number[];

/** Patterns kept compiled. */
const PATTERNS_MAX = 256;
const compiledPatterns = new Map<string, Regex>();

/** Compiles a pattern, or takes it from the last ones. Throws EvaluationError. */
export function compileRegex(pattern: string): Regex {
  const known = compiledPatterns.get(pattern);
  if (known !== undefined) return known;
  const regex = new Regex(pattern);
  if (compiledPatterns.size >= PATTERNS_MAX) compiledPatterns.clear();
  compiledPatterns.set(pattern, regex);
  return regex;
}

/** A state of the search: where it is in the program, and what its groups have matched. */
interface Thread {
  readonly at: number;
  readonly slots: readonly number[];
}

export class Regex {
  readonly groupCount: number;
  readonly #program: readonly Instruction[];
  readonly #pattern: string;

  constructor(pattern: string) {
    const { root, groupCount } = parseRegex(pattern);
    this.#pattern = pattern;
    this.groupCount = groupCount;
    const program: Instruction[] = [];
    emit({ kind: 'group', index: 0, body: root }, program, pattern);
    program.push({ op: 'match' });
    this.#program = program;
  }

  /** The first match that starts at `from` or later. */
  search(text: string, from = 0): Match | null {
    return this.#run(text, from, false);
  }

  /** True when the whole text matches. */
  matchesWhole(text: string): boolean {
    return this.#run(text, 0, true) !== null;
  }

  #run(text: string, from: number, isWhole: boolean): Match | null {
    const marks = new Int32Array(this.#program.length).fill(-1);
    const noSlots = Array.from({ length: (this.groupCount + 1) * 2 }, () => -1);
    let threads: Thread[] = [];
    let found: readonly number[] | null = null;
    let steps = 0;
    for (let index = from; ;) {
      if (found === null && (!isWhole || index === from)) {
        this.#follow({ text, index, threads, marks }, { at: 0, slots: noSlots });
      }
      const isOver = found !== null || isWhole || index >= text.length;
      if (threads.length === 0 && isOver) break;
      steps += threads.length;
      if (steps > STEPS_MAX) throw tooMuchWork(this.#pattern);
      const point = text.codePointAt(index);
      const nextIndex = index + (point !== undefined && point > 0xffff ? 2 : 1);
      const next: Thread[] = [];
      for (const { at, slots } of threads) {
        const instruction = this.#program[at];
        if (instruction?.op === 'match') {
          if (isWhole && index < text.length) continue;
          // Threads after this one are worse alternatives.
          found = slots;
          break;
        }
        if (instruction?.op === 'character' && point !== undefined && instruction.test(point)) {
          this.#follow({ text, index: nextIndex, threads: next, marks }, { at: at + 1, slots });
        }
      }
      if (point === undefined) break;
      threads = next;
      index = nextIndex;
    }
    return found;
  }

  /** Adds the thread, and those that it splits into before the next character. */
  #follow(place: SearchPlace, thread: Thread): void {
    const stack: Thread[] = [thread];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { at, slots } = top;
      if (place.marks[at] === place.index) continue;
      place.marks[at] = place.index;
      const instruction = this.#program[at];
      switch (instruction?.op) {
        case 'jump':
          stack.push({ at: instruction.to, slots });
          break;
        case 'split':
          stack.push({ at: instruction.second, slots }, { at: instruction.first, slots });
          break;
        case 'save': {
          const saved = [...slots];
          saved[instruction.slot] = place.index;
          stack.push({ at: at + 1, slots: saved });
          break;
        }
        case 'place':
          if (instruction.test(place.text, place.index)) stack.push({ at: at + 1, slots });
          break;
        case 'character':
        case 'match':
          place.threads.push(top);
          break;
        case undefined:
          break;
      }
    }
  }
}

interface SearchPlace {
  readonly text: string;
  readonly index: number;
  readonly threads: Thread[];
  /** Per instruction: the index at which it was last reached. */
  readonly marks: Int32Array;
}

function tooMuchWork(pattern: string): EvaluationError {
  return new EvaluationError(
    `The search for the regular expression '${pattern.slice(0, 60)}' takes too many steps; the text is too long for it`,
  );
}

function emit(node: RegexNode, program: Instruction[], pattern: string): void {
  if (program.length > INSTRUCTIONS_MAX) {
    throw new EvaluationError(
      `The regular expression '${pattern.slice(0, 60)}' is too large once its repetitions are written out`,
    );
  }
  switch (node.kind) {
    case 'empty':
      break;
    case 'character':
      program.push({ op: 'character', test: node.test });
      break;
    case 'place':
      program.push({ op: 'place', test: node.test });
      break;
    case 'sequence':
      for (const part of node.parts) emit(part, program, pattern);
      break;
    case 'group':
      program.push({ op: 'save', slot: node.index * 2 });
      emit(node.body, program, pattern);
      program.push({ op: 'save', slot: node.index * 2 + 1 });
      break;
    case 'choice':
      emitChoice(node.parts, program, pattern);
      break;
    case 'repeat':
      emitRepeat(node, program, pattern);
      break;
  }
}

function emitChoice(parts: readonly RegexNode[], program: Instruction[], pattern: string): void {
  const jumps: { to: number }[] = [];
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1) {
      emit(part, program, pattern);
      break;
    }
    const split = { op: 'split' as const, first: program.length + 1, second: 0 };
    program.push(split);
    emit(part, program, pattern);
    const jump = { op: 'jump' as const, to: 0 };
    program.push(jump);
    jumps.push(jump);
    split.second = program.length;
  }
  for (const jump of jumps) jump.to = program.length;
}

type RepeatNode = Extract<RegexNode, { kind: 'repeat' }>;

function emitRepeat(node: RepeatNode, program: Instruction[], pattern: string): void {
  const { body, min, max, isGreedy } = node;
  for (let count = 0; count < min; count += 1) {
    const before = program.length;
    emit(body, program, pattern);
    // A body without instructions stays so, however often it is repeated.
    if (program.length === before) return;
  }
  if (max === Infinity) {
    const start = program.length;
    const exit = pushSplit(program, isGreedy);
    emit(body, program, pattern);
    program.push({ op: 'jump', to: start });
    exit(program.length);
    return;
  }
  const exits: ((to: number) => void)[] = [];
  for (let count = min; count < max; count += 1) {
    exits.push(pushSplit(program, isGreedy));
    emit(body, program, pattern);
  }
  for (const exit of exits) exit(program.length);
}

/** A split whose preferred way goes on; the answer sets the other way. */
function pushSplit(program: Instruction[], isGreedy: boolean): (to: number) => void {
  const on = program.length + 1;
  const split = { op: 'split' as const, first: on, second: on };
  program.push(split);
  return (to) => {
    if (isGreedy) split.second = to;
    else split.first = to;
  };
}
