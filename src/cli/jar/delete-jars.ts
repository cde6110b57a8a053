/** `jar delete`: takes jars off the JobManager's disk; jobs that run from them are not touched. */
import { RefusedError } from '../../errors/drey-error.ts';
import type { JarId } from '../../flink/model/identifiers.ts';
import type { UploadedJar } from '../../flink/model/jar.ts';
import { changeOnce } from '../../flink/rest/idempotent-change.ts';
import type { View } from '../../output/view.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';
import { confirmChange } from '../cluster/confirm-change.ts';
import { findJar, matchJar } from './find-jar.ts';
import type { JarChoice } from './jar-choice.ts';
import { jarTable, listedJar, type ListedJar } from './list-jars.ts';
import { refuseIfSubmissionIsOff } from './submission-is-off.ts';

export interface DeleteJarsRequest {
  readonly choice: JarChoice;
  /** One that is not there is no failure. */
  readonly ifExists: boolean;
  readonly isConfirmed: boolean;
  readonly isDryRun: boolean;
}

export interface DeleteJarsResult {
  /** With `dryRun`: that would be. */
  readonly deleted: readonly ListedJar[];
  readonly dryRun: boolean;
}

export async function deleteJars(
  session: ClusterSession,
  request: DeleteJarsRequest,
): Promise<DeleteJarsResult> {
  await refuseIfSubmissionIsOff(session);
  const chosen = chooseJars(await session.client.jars.list(), request, session);
  const deleted = chosen.map(listedJar);
  if (chosen.length === 0) return { deleted, dryRun: request.isDryRun };
  const what = `delete ${chosen.length === 1 ? 'the jar' : `${chosen.length} jars:`} ${chosen.map(({ jarId }) => jarId).join(', ')}`;
  if (!(await confirmChange(session, { what, ...request }))) return { deleted, dryRun: true };
  for (const { jarId } of chosen) await deleteJar(session, jarId, request.ifExists);
  return { deleted, dryRun: false };
}

function chooseJars(
  jars: readonly UploadedJar[],
  { choice, ifExists }: DeleteJarsRequest,
  { platform, target }: ClusterSession,
): readonly UploadedJar[] {
  switch (choice.kind) {
    case 'all':
      return jars;
    case 'older': {
      const limitMs = platform.clock.nowMs() - choice.ageMs;
      // One of unknown age may be new.
      return jars.filter(({ uploadedAtMs }) => uploadedAtMs !== null && uploadedAtMs <= limitMs);
    }
    case 'named': {
      const { host } = new URL(target.rest.baseUrl);
      const found = choice.jars.flatMap((argument) => {
        const jar = ifExists ? matchJar(jars, argument) : findJar(jars, argument, host);
        return jar === undefined ? [] : [jar];
      });
      return [...new Set(found)];
    }
  }
}

/**
 * Once; the effect is that the list does not have it any more. Flink refuses (400) what is not
 * there, as it does other things, so the list decides.
 */
async function deleteJar(session: ClusterSession, id: JarId, ifExists: boolean): Promise<void> {
  const { client, status } = session;
  const isThere = async (): Promise<boolean> =>
    (await client.jars.list()).some(({ jarId }) => jarId === id);
  status.show(`deleting ${id}`);
  try {
    await changeOnce<void>(client.transport, {
      what: `deleting the jar ${id}`,
      send: () => client.jars.delete(id),
      find: async () =>
        (await isThere()) ? { kind: 'absent' } : { kind: 'found', value: undefined },
      unknown: {
        hint: `Look whether it is there: ${commandLine(session, 'jar', 'list')}`,
        details: { jarId: id },
      },
    });
  } catch (error) {
    if (!(error instanceof RefusedError) || (await isThere())) throw error;
    if (!ifExists) {
      const message = `the jar ${id} was gone before it was deleted; somebody else did it`;
      throw new RefusedError('DREY_JAR_NOT_FOUND', message, { details: { jarId: id } });
    }
  }
}

export function deleteJarsView({ deleted, dryRun }: DeleteJarsResult): View {
  const title = dryRun ? 'dry run: these would be deleted' : 'deleted';
  const table = jarTable(deleted, 'no jars to delete');
  return {
    sections: [deleted.length === 0 ? table : { ...table, title }],
    names: deleted.map(({ jarId }) => jarId),
  };
}
