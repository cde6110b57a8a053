/**
 * One thread of a thread dump, read from its text in the form of Java's ThreadInfo. Texts of
 * another form keep their name and lines, and have no state.
 */
export interface ThreadState {
  readonly name: string;
  readonly threadId: number | null;
  /** RUNNABLE, BLOCKED, WAITING, TIMED_WAITING, NEW or TERMINATED; null: not told. */
  readonly state: string | null;
  /** What it waits for: class and identity of an object. */
  readonly waitsFor: string | null;
  /** Who holds that; null when nobody does, or it is not told. */
  readonly heldBy: { readonly name: string; readonly threadId: number } | null;
  /** In native code. */
  readonly isNative: boolean;
  /** Lines below the first, without indentation: frames, and the locks between them. */
  readonly stack: readonly string[];
}

const HEAD =
  /^"(?<name>.*)"(?: (?:daemon|prio=\d+))* Id=(?<id>\d+) (?<state>[A-Z_]+)(?: on (?<lock>\S+))?(?: owned by "(?<owner>.*)" Id=(?<ownerId>\d+))?(?<rest>.*)$/;

export function readThread({
  name,
  text,
}: {
  readonly name: string;
  readonly text: string;
}): ThreadState {
  const [first = '', ...lines] = text.split(/\r?\n/);
  const head = HEAD.exec(first)?.groups;
  const stack = lines.map((line) => line.trim()).filter((line) => line !== '');
  const { owner, ownerId } = head ?? {};
  return {
    name,
    threadId: head?.['id'] === undefined ? null : Number(head['id']),
    state: head?.['state'] ?? null,
    waitsFor: head?.['lock'] ?? null,
    heldBy:
      owner === undefined || ownerId === undefined
        ? null
        : { name: owner, threadId: Number(ownerId) },
    isNative: head?.['rest']?.includes('(in native)') ?? false,
    stack: head === undefined && first !== '' ? [first.trim(), ...stack] : stack,
  };
}

/** Frames only, without the identities of locks: equal for threads that do the same. */
export function framesOf({ stack }: ThreadState): readonly string[] {
  return stack.filter((line) => line.startsWith('at '));
}
