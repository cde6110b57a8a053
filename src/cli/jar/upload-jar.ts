/** `jar upload`, and the first step of `job run`: brings a jar to the JobManager, once. */
import { InterruptedError } from '../../errors/drey-error.ts';
import type { JarId } from '../../flink/model/identifiers.ts';
import { changeOnce } from '../../flink/rest/idempotent-change.ts';
import { formatBytes } from '../../output/humanise.ts';
import { bytesCell, flagCell, textCell, type View } from '../../output/view.ts';
import { commandLine, refuseIfReadOnly, type ClusterSession } from '../cluster/cluster-session.ts';
import { untilSignal } from '../cluster/until-signal.ts';
import { inspectJar, jarContent, type LocalJar } from './jar-file.ts';
import { keptName } from './jar-name.ts';
import { refuseIfSubmissionIsOff } from './submission-is-off.ts';

export interface UploadResult {
  readonly jarId: JarId;
  /** Of the file on this machine. */
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** A jar with this content was there, and nothing was sent. */
  readonly wasThere: boolean;
}

export async function uploadJar(session: ClusterSession, path: string): Promise<UploadResult> {
  refuseIfReadOnly(session, 'upload a jar');
  const jar = await inspectJar(session.platform.files, path);
  await refuseIfSubmissionIsOff(session);
  const { fileName: name, sha256, sizeBytes } = jar;
  const before = await findKept(session, jar);
  const jarId = before ?? (await sendJar(session, jar, keptName(sha256, path)));
  return { jarId, name, sha256, sizeBytes, wasThere: before !== null };
}

/** A jar with the same content that was uploaded to stay; null: there is none. */
export async function findKept(
  { client }: ClusterSession,
  { sha256, path }: LocalJar,
): Promise<JarId | null> {
  const name = keptName(sha256, path);
  return (await client.jars.list()).find((jar) => jar.name === name)?.jarId ?? null;
}

/** After a lost answer the jar is looked for by its name, which nobody gives to other content. */
export async function sendJar(
  session: ClusterSession,
  jar: LocalJar,
  name: string,
): Promise<JarId> {
  const { client, platform, status } = session;
  const topic = `uploading ${jar.path} (${formatBytes(jar.sizeBytes)})`;
  const show = (bytes: number): void => {
    const share = Math.floor((bytes / jar.sizeBytes) * 100);
    status.show(topic, `${share} %  ${formatBytes(bytes)}`);
  };
  status.show(topic);
  const sending = changeOnce<JarId>(client.transport, {
    what: `the upload of ${jar.path}`,
    send: () => client.jars.upload({ name, content: jarContent(platform.files, jar, show) }),
    find: async () => {
      const there = (await client.jars.list()).find((candidate) => candidate.name === name);
      return there === undefined ? { kind: 'absent' } : { kind: 'found', value: there.jarId };
    },
    unknown: {
      hint: `Look for it with: ${commandLine(session, 'jar', 'list')}`,
      details: { path: jar.path, sha256: jar.sha256, uploadName: name },
    },
  });
  const jarId = await untilSignal(session, sending, (signal) => {
    const message = `the upload of ${jar.path} was interrupted; nothing was started`;
    return new InterruptedError(signal, message, { details: { path: jar.path } });
  });
  status.clear();
  return jarId;
}

export function uploadView({ jarId, name, sha256, sizeBytes, wasThere }: UploadResult): View {
  const fields = [
    { key: 'jarId', label: 'jar', cell: textCell(jarId) },
    { key: 'name', label: 'name', cell: textCell(name) },
    { key: 'sizeBytes', label: 'size', cell: bytesCell(sizeBytes) },
    { key: 'sha256', label: 'sha256', cell: textCell(sha256) },
    { key: 'wasThere', label: 'was there', cell: flagCell(wasThere) },
  ];
  return { sections: [{ kind: 'fields', fields }], names: [jarId] };
}
