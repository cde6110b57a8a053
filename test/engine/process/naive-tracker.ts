/** What the tracker of keyed-process.test.ts does, as a program without an engine. */
import fc from 'fast-check';
export type Step =
  | { readonly user: string | null; readonly amount: number; readonly atMs: number }
  /** The watermark before the next row. */
  | { readonly rise: number }
  | { readonly watermark: number }
  | { readonly now: number };

interface Session {
  count: number;
  endMs: number;
  amounts: number[];
}

/** The lines of the main output and the amounts of the side output, in order. */
export function naive(steps: readonly Step[]): { main: string[]; odd: number[] } {
  const main: string[] = [];
  const odd: number[] = [];
  const sessions = new Map<string | null, Session>();
  let timers: { user: string | null; atMs: number; isEvent: boolean }[] = [];
  let watermarkMs = -Infinity;
  let pendingMs = -Infinity;
  let clock = 0;
  const set = (user: string | null, atMs: number, isEvent: boolean): void => {
    const isSet = timers.some((t) => t.user === user && t.atMs === atMs && t.isEvent === isEvent);
    if (!isSet) timers.push({ user, atMs, isEvent });
  };
  const fire = (isEvent: boolean, limitMs: number): void => {
    for (;;) {
      const due = timers.filter((t) => t.isEvent === isEvent && t.atMs <= limitMs);
      const [first] = due.sort((a, b) => a.atMs - b.atMs);
      if (first === undefined) return;
      timers = timers.filter((t) => t !== first);
      const { user, atMs } = first;
      const session = sessions.get(user);
      if (!isEvent) {
        main.push(`tick ${user} ${session?.count ?? 0} ${atMs}`);
        continue;
      }
      const sum = (session?.amounts ?? []).reduce((a, b) => a + b, 0);
      main.push(`sum ${user} ${sum} ${atMs}`);
      const seen = [...new Set(session?.amounts)];
      for (const amount of seen) {
        const count = session!.amounts.filter((each) => each === amount).length;
        main.push(`count ${amount} ${user} ${count} ${atMs}`);
      }
      sessions.delete(user);
      if (sum === 7) set(user, atMs, true);
      if (sum === 9) set(user, atMs + 3, true);
    }
  };
  const rise = (toMs: number): void => {
    if (toMs <= watermarkMs) return;
    watermarkMs = toMs;
    fire(true, toMs);
  };
  for (const step of steps) {
    if ('rise' in step) pendingMs = Math.max(pendingMs, step.rise);
    else if ('watermark' in step) rise((pendingMs = Math.max(pendingMs, step.watermark)));
    else if ('now' in step) fire(false, (clock += step.now));
    else {
      rise(pendingMs);
      const { user, amount, atMs } = step;
      const session = sessions.get(user) ?? { count: 0, endMs: 0, amounts: [] };
      if (session.count > 0) {
        timers = timers.filter((t) => !(t.isEvent && t.user === user && t.atMs === session.endMs));
      }
      session.count++;
      session.endMs = atMs + 10;
      session.amounts.push(amount);
      sessions.set(user, session);
      set(user, session.endMs, true);
      if (amount % 3 === 0) set(user, clock + amount, false);
      if (amount % 2 === 1) odd.push(amount);
      for (let index = 0; index < amount % 4; index++) main.push(`row ${user} ${index} ${atMs}`);
    }
  }
  rise(Infinity);
  return { main, odd };
}

export const randomStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      user: fc.constantFrom('a', 'b', 'c', null),
      amount: fc.nat({ max: 9 }),
      atMs: fc.nat({ max: 60 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ rise: fc.nat({ max: 70 }) }) },
  { weight: 1, arbitrary: fc.record({ watermark: fc.nat({ max: 70 }) }) },
  { weight: 2, arbitrary: fc.record({ now: fc.nat({ max: 5 }) }) },
);
