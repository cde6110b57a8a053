/**
 * --watch: asks again and again until a signal, the last answer, or a closed output. Under --json
 * each answer is a line; on a terminal each takes the place of the one before.
 */
import { exitCodes } from '../../errors/exit-codes.ts';
import { versionedLine } from '../../output/json-document.ts';
import type { StopSignal } from '../../platform/signals.ts';
import type { World } from '../report-failure.ts';
import type { OwnAnswer } from './answer.ts';
import { outputFormOf, type ClusterFlags } from './cluster-flags.ts';
import { printAnswer } from './print-answer.ts';

/** As often as a cluster has news: it answers from a cache of up to 3 s. */
const INTERVAL_MS = 2000;
/** Cursor to the upper left corner, then erase to the end (ECMA-48: CUP, ED). */
const CLEAR_SCREEN = '\u001b[H\u001b[J';

/** Resolves to the exit status. */
export async function watchAnswer<Result extends object>(
  world: World,
  flags: ClusterFlags,
  answer: OwnAnswer<Result>,
): Promise<number> {
  const { platform } = world;
  let signal: StopSignal | null = null;
  let wake = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (wake = resolve));
  const unsubscribe = platform.signals.subscribe((arrived) => {
    signal ??= arrived;
    wake();
  });
  try {
    for (;;) {
      const result = await Promise.race([answer.ask(), stopped.then(() => null)]);
      if (result === null)
        return signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
      const isRead = await show(world, flags, answer, result);
      if (!isRead || answer.isLast?.(result) === true) return answer.exitStatus?.(result) ?? 0;
      await Promise.race([pause(world, flags.interval ?? INTERVAL_MS), stopped]);
    }
  } finally {
    unsubscribe();
  }
}

async function show<Result extends object>(
  world: World,
  flags: ClusterFlags,
  answer: OwnAnswer<Result>,
  result: Result,
): Promise<boolean> {
  const { streams } = world.platform;
  if (outputFormOf(flags) === 'json') {
    return streams.writeOutput(Buffer.from(versionedLine(result)));
  }
  if (world.terminal.isOutputTerminal) await streams.writeOutput(Buffer.from(CLEAR_SCREEN));
  return printAnswer(world, flags, { result, view: answer.view(result) });
}

function pause({ platform }: World, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    platform.timers.after(delayMs, resolve);
  });
}
