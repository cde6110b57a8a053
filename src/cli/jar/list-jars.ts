/** `jar list`: the jars on the JobManager's disk, the newest first. */
import type { UploadedJar } from '../../flink/model/jar.ts';
import type { JarId } from '../../flink/model/identifiers.ts';
import { textCell, timeCell, type TableSection, type View } from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { fileNameOf, hashIn } from './jar-name.ts';
import { refuseIfSubmissionIsOff } from './submission-is-off.ts';

export interface ListedJar {
  readonly jarId: JarId;
  /** Of the file that was uploaded. */
  readonly name: string;
  /** The first 12 digits; null when another tool uploaded it. */
  readonly sha256Prefix: string | null;
  readonly uploadedAtMs: number | null;
  /** Classes that its manifest names as entries. */
  readonly entryClasses: readonly string[];
}

export interface JarListResult {
  readonly jars: readonly ListedJar[];
}

export async function listJars(session: ClusterSession): Promise<JarListResult> {
  await refuseIfSubmissionIsOff(session);
  return { jars: (await session.client.jars.list()).map(listedJar) };
}

export function listedJar({ jarId, name, uploadedAtMs, entryClasses }: UploadedJar): ListedJar {
  return { jarId, name: fileNameOf(name), sha256Prefix: hashIn(name), uploadedAtMs, entryClasses };
}

export function jarListView({ jars }: JarListResult): View {
  return {
    sections: [jarTable(jars, 'no jars; those that job run uploads are deleted afterwards')],
    names: jars.map(({ jarId }) => jarId),
  };
}

export function jarTable(jars: readonly ListedJar[], empty: string): TableSection {
  return {
    kind: 'table',
    empty,
    columns: [
      { key: 'jarId', heading: 'JAR ID' },
      { key: 'name', heading: 'NAME' },
      { key: 'uploadedAtMs', heading: 'UPLOADED' },
      { key: 'entryClasses', heading: 'ENTRY CLASS' },
      { key: 'sha256Prefix', heading: 'SHA-256', isWide: true },
    ],
    rows: jars.map((jar) => [
      textCell(jar.jarId),
      textCell(jar.name),
      timeCell(jar.uploadedAtMs),
      textCell(jar.entryClasses.length === 0 ? null : jar.entryClasses.join(', ')),
      textCell(jar.sha256Prefix),
    ]),
  };
}
