/**
 * A jar on the JobManager for as long as it is needed: one from this machine is uploaded before and
 * deleted after, for jars pile up there and are lost with the JobManager anyway.
 */
import { DreyError, InterruptedError, OutcomeUnknownError } from '../../errors/drey-error.ts';
import type { JarId } from '../../flink/model/identifiers.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';
import { findJar } from './find-jar.ts';
import { inspectJar, type LocalJar } from './jar-file.ts';
import { nameForRun } from './jar-name.ts';
import { refuseIfSubmissionIsOff } from './submission-is-off.ts';
import { findKept, sendJar } from './upload-jar.ts';

/** Where the jar is: on this machine, or on the JobManager. */
export type JarSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'uploaded'; readonly argument: string };

/** A source that was looked at on this machine. */
export type ReadyJar =
  | { readonly kind: 'file'; readonly file: LocalJar }
  | { readonly kind: 'uploaded'; readonly argument: string };

const OWN_BYTES = 4;

/** What is wrong on this machine is said before the cluster is asked. */
export async function readyJar(session: ClusterSession, jar: JarSource): Promise<ReadyJar> {
  const ready: ReadyJar =
    jar.kind === 'file'
      ? { kind: 'file', file: await inspectJar(session.platform.files, jar.path) }
      : jar;
  await refuseIfSubmissionIsOff(session);
  return ready;
}

/** Hands the jar to `use`; one that was uploaded for it is deleted, whatever comes of it. */
export async function withJar<T>(
  session: ClusterSession,
  jar: ReadyJar,
  use: (jarId: JarId) => Promise<T>,
): Promise<T> {
  const { client, platform, target } = session;
  if (jar.kind === 'uploaded') {
    const { host } = new URL(target.rest.baseUrl);
    return use(findJar(await client.jars.list(), jar.argument, host).jarId);
  }
  const { file } = jar;
  const kept = await findKept(session, file);
  if (kept !== null) return use(kept);
  const own = Buffer.from(platform.random.bytes(OWN_BYTES)).toString('hex');
  const name = nameForRun(file.sha256, file.path, own);
  const jarId = await sendJar(session, file, name);
  try {
    const result = await use(jarId);
    await deleteAll(session, name);
    return result;
  } catch (error) {
    if (error instanceof OutcomeUnknownError || error instanceof InterruptedError) {
      // main() may be reading it.
      const later = commandLine(session, 'jar', 'delete', jarId, '--yes');
      session.status.note(`the jar stays, because main() may be at work; later: ${later}`);
    } else {
      await deleteAll(session, name);
    }
    throw error;
  }
}

/** All of the name: an upload whose answer was lost may have arrived beside the second one. */
async function deleteAll({ client, status }: ClusterSession, name: string): Promise<void> {
  try {
    const ours = (await client.jars.list()).filter((jar) => jar.name === name);
    for (const { jarId } of ours) await client.jars.delete(jarId);
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    // What it was needed for has its result, whatever becomes of the file.
    status.note(`the jar ${name} could not be deleted from the cluster: ${error.message}`);
  }
}
