/**
 * Makes a failing schedule smaller while it still fails: first the faults, one by one, then the
 * lines of the input, by halves, quarters and so on (delta debugging). The fault may change on the
 * way; whatever fails is worth a look.
 */
import { runSchedule, type ScheduleResult } from './run-schedule.ts';
import type { Schedule } from './schedule.ts';

export interface Shrunk {
  readonly schedule: Schedule;
  readonly result: ScheduleResult;
  readonly runs: number;
}

const RUNS_MAX = 200;

export async function shrink(schedule: Schedule, result: ScheduleResult): Promise<Shrunk> {
  let best: Shrunk = { schedule, result, runs: 0 };
  const tries = async (smaller: Schedule): Promise<boolean> => {
    if (best.runs >= RUNS_MAX) return false;
    const tried = await runSchedule(smaller);
    const runs = best.runs + 1;
    if (tried.violation === null) best = { ...best, runs };
    else best = { schedule: smaller, result: tried, runs };
    return tried.violation !== null;
  };
  for (let at = schedule.faults.length - 1; at >= 0; at--) {
    const { faults } = best.schedule;
    await tries({ ...best.schedule, faults: faults.filter((_, index) => index !== at) });
  }
  for (let file = 0; file < schedule.workload.files.length; file++) {
    await shrinkFile(file, () => best.schedule, tries);
  }
  return best;
}

async function shrinkFile(
  at: number,
  current: () => Schedule,
  tries: (smaller: Schedule) => Promise<boolean>,
): Promise<void> {
  const lineCount = (): number => current().workload.files[at]?.lines.length ?? 0;
  for (let chunk = Math.ceil(lineCount() / 2); chunk >= 1; chunk = Math.floor(chunk / 2)) {
    for (let from = 0; from < lineCount();) {
      const hasShrunk = await tries(withoutLines(current(), at, { from, to: from + chunk }));
      if (!hasShrunk) from += chunk;
    }
  }
}

function withoutLines(
  schedule: Schedule,
  at: number,
  { from, to }: { readonly from: number; readonly to: number },
): Schedule {
  const files = schedule.workload.files.map((file, index) =>
    index === at
      ? { ...file, lines: file.lines.filter((_, line) => line < from || line >= to) }
      : file,
  );
  return { ...schedule, workload: { ...schedule.workload, files } };
}
