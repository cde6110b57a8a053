/** Threads for people: how many in which state, then a line, a stack or a group for each. */
import type { ThreadState } from '../../flink/model/thread-text.ts';
import { framesOf } from '../../flink/model/thread-text.ts';
import { textCell, type Cell, type Mood, type Section, type View } from '../../output/view.ts';
import type { ThreadGroup, ThreadsResult } from './threads-of-process.ts';

export interface ThreadsViewOptions {
  /** All frames of each thread, in place of the uppermost one. */
  readonly stacks: boolean;
}

export function threadsView(result: ThreadsResult, { stacks }: ThreadsViewOptions): View {
  const { threads, groups } = result;
  return {
    sections: [
      summary(result),
      ...(groups ?? []).map(groupSection),
      ...(threads === null ? [] : stacks ? threads.map(stackSection) : [threadTable(threads)]),
    ],
    names: threads === null ? [] : threads.map(({ name }) => name),
  };
}

const NAMES_SHOWN_MAX = 8;

const moods: Readonly<Record<string, Mood>> = { BLOCKED: 'bad', RUNNABLE: 'good' };

function summary({ total, states, deadlocks }: ThreadsResult): Section {
  const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  return {
    kind: 'text',
    lines: [
      `${total} threads: ${counts.join(', ')}`,
      ...deadlocks.map((circle) => `DEADLOCK: ${[...circle, circle[0] ?? ''].join(' waits for ')}`),
    ],
  };
}

function threadTable(threads: readonly ThreadState[]): Section {
  return {
    kind: 'table',
    empty: 'no thread is like that',
    columns: [
      { key: 'name', heading: 'THREAD' },
      { key: 'state', heading: 'STATE' },
      { key: 'frame', heading: 'AT' },
      { key: 'threadId', heading: 'ID', isWide: true },
      { key: 'waitsFor', heading: 'WAITS FOR', isWide: true },
      { key: 'heldBy', heading: 'HELD BY', isWide: true },
    ],
    rows: threads.map((thread) => [
      textCell(thread.name),
      stateCell(thread.state),
      textCell(frameText(framesOf(thread)[0])),
      textCell(thread.threadId === null ? null : String(thread.threadId)),
      textCell(thread.waitsFor),
      textCell(thread.heldBy?.name ?? null),
    ]),
  };
}

function stateCell(state: string | null): Cell {
  return textCell(state, state === null ? undefined : moods[state]);
}

function stackSection({ name, state, waitsFor, heldBy, stack }: ThreadState): Section {
  const waits = waitsFor === null ? '' : ` on ${waitsFor}`;
  const held = heldBy === null ? '' : `, held by ${heldBy.name}`;
  return {
    kind: 'text',
    title: `${name}  ${state ?? ''}${waits}${held}`,
    lines: stack.map((line) => `    ${line}`),
  };
}

function groupSection({ state, names, stack }: ThreadGroup): Section {
  const more = names.length - NAMES_SHOWN_MAX;
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(', ');
  return {
    kind: 'text',
    title: `${names.length} ${names.length === 1 ? 'thread' : 'threads'} ${state ?? ''}`,
    lines: [
      `  ${shown}${more > 0 ? ` and ${more} more` : ''}`,
      ...(stack.length === 0 ? ['    (no frames)'] : stack.map((line) => `    ${line}`)),
    ],
  };
}

/** `Unsafe.park(Native Method)`: without module and package, which fill the line. */
function frameText(frame: string | undefined): string | null {
  if (frame === undefined) return null;
  const method = frame.slice('at '.length).replace(/^[^(]*\//, '');
  const place = method.indexOf('(');
  const names = (place === -1 ? method : method.slice(0, place)).split('.');
  return names.slice(-2).join('.') + (place === -1 ? '' : method.slice(place));
}
