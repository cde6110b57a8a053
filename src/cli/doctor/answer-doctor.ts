/** `doctor` as a command: from its flags to what is printed, without a session, which may fail. */
import { clusterQuestionOf, outputFormOf, type ClusterFlags } from '../cluster/cluster-flags.ts';
import { printAnswer } from '../cluster/print-answer.ts';
import { StatusLine } from '../cluster/status-line.ts';
import type { World } from '../report-failure.ts';
import { diagnose, doctorExitStatus, type DoctorResult } from './diagnose.ts';
import { doctorView } from './doctor-view.ts';

const STEP_TIMEOUT_MS = 10_000;

/** `userAgent`: of oclif, which names the version of Node at its end. */
export async function answerDoctor(
  world: World,
  flags: ClusterFlags,
  userAgent: string,
): Promise<{ readonly result: DoctorResult; readonly exitStatus: number }> {
  const status = new StatusLine(world.platform.streams, world.terminal);
  const request = {
    cluster: clusterQuestionOf(flags),
    stepTimeoutMs: flags.timeout ?? STEP_TIMEOUT_MS,
    nodeVersion: /\bnode-(v[\d.]+)/.exec(userAgent)?.[1] ?? null,
  };
  try {
    const isQuiet = outputFormOf(flags) === 'json' || !world.terminal.isErrorTerminal;
    const result = await diagnose(world.platform, request, (step) => {
      if (!isQuiet) status.show(step);
    });
    status.clear();
    if (outputFormOf(flags) !== 'json') {
      await printAnswer(world, flags, { result, view: doctorView(result) });
    }
    return { result, exitStatus: doctorExitStatus(result) };
  } finally {
    status.end();
  }
}
