/** `jar plan`: the graph of the job that the program of a jar would start; nothing is started. */
import { RefusedError } from '../../errors/drey-error.ts';
import type { JarId } from '../../flink/model/identifiers.ts';
import type { JobPlan } from '../../flink/model/job-plan.ts';
import type { ProgramOptions } from '../../flink/rest/jars.ts';
import { explainRefusal } from '../../ops/job/run-refusal.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { evidenceOf, isOfProgram } from '../job/submit-jar.ts';
import { configurationOf, type ProgramFlags } from '../job/run-flags.ts';
import { readyJar, withJar, type JarSource } from './with-jar.ts';

export interface PlanJarRequest {
  /** Path of a file, or what names a jar that was uploaded. */
  readonly jar: string;
  readonly programArguments: readonly string[];
  readonly flags: ProgramFlags;
}

/** main() runs up to its execute(). */
export async function planJar(
  session: ClusterSession,
  { jar: argument, programArguments, flags }: PlanJarRequest,
): Promise<JobPlan> {
  const options: ProgramOptions = {
    entryClass: flags['entry-class'] ?? null,
    programArguments,
    parallelism: flags.parallelism ?? null,
    configuration: configurationOf(flags.configuration ?? []),
  };
  const jar = await readyJar(session, await jarSourceOf(session, argument));
  return withJar(session, jar, (jarId) => planOnce(session, jarId, options));
}

async function planOnce(
  { client, status }: ClusterSession,
  jarId: JarId,
  options: ProgramOptions,
): Promise<JobPlan> {
  status.show(`running main() of ${jarId} up to its execute()`);
  try {
    return await client.jars.plan(jarId, options);
  } catch (error) {
    if (!isOfProgram(error)) throw error;
    const { kind, reason, hint } = explainRefusal(evidenceOf(error), false);
    const details = { ...error.details, refusal: kind };
    throw new RefusedError(error.code, `there is no plan: ${reason}`, {
      hint,
      details,
      cause: error,
    });
  }
}

/** A file where there is one of this name, or where a folder is named; else an uploaded jar. */
async function jarSourceOf(session: ClusterSession, argument: string): Promise<JarSource> {
  const isPath = /[/\\]/.test(argument);
  const isFile = isPath || (await session.platform.files.status(argument))?.kind === 'file';
  return isFile ? { kind: 'file', path: argument } : { kind: 'uploaded', argument };
}
