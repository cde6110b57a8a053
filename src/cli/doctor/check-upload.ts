/**
 * Whether files can be uploaded: a file of one byte that is no jar, which Flink refuses and throws
 * away. That it is Flink that refuses shows that uploads get through.
 */
import type { RestTarget } from '../../flink/rest/rest-target.ts';
import { fileForm } from '../../flink/rest/file-form.ts';
import type { Platform } from '../../platform/platform.ts';
import { ok, skipped, warning, type Check } from './check.ts';
import { identify } from './identify.ts';
import { probe, type Probe } from './probe.ts';

const FILE_NAME = 'drey-doctor.txt';
const BOUNDARY_BYTES = 16;

export interface UploadQuestion {
  readonly target: RestTarget;
  readonly timeoutMs: number;
  readonly isReadOnly: boolean;
  /** Null: not told. */
  readonly webSubmit: boolean | null;
}

export async function checkUpload(platform: Platform, question: UploadQuestion): Promise<Check> {
  if (question.webSubmit === false) return skipped('upload', 'the cluster takes no jars by REST');
  if (question.isReadOnly) return skipped('upload', 'not tried, because the context is read-only');
  const { target, timeoutMs } = question;
  const body = fileForm({
    boundary: `drey-${Buffer.from(platform.random.bytes(BOUNDARY_BYTES)).toString('hex')}`,
    field: 'jarfile',
    fileName: FILE_NAME,
    content: { byteCount: 1, chunks: oneByte() },
  });
  return judgeUpload(await probe(platform, { target, path: '/jars/upload', timeoutMs, body }));
}

export function judgeUpload(answer: Probe): Check {
  if (answer.kind === 'none') {
    return warning(
      'upload',
      `an upload gets no answer: ${answer.message}`,
      'A proxy may hold back POST requests or multipart forms: ask who runs it.',
    );
  }
  const { status } = answer;
  const identity = identify(answer);
  const isFlink = identity.kind === 'flink-elsewhere';
  if (status === 400 && isFlink) return ok('upload', 'uploads reach the cluster');
  if (status === 413) {
    return warning(
      'upload',
      'a proxy takes no uploads of even one byte (413)',
      'Raise its limit on the size of requests (nginx: client_max_body_size).',
    );
  }
  const said = isFlink || identity.kind === 'unavailable' ? identity.message : null;
  return warning(
    'upload',
    `an upload is answered with ${status}${said === null ? '' : `: ${said}`}`,
    said === null
      ? 'Something before Flink refuses POST requests: ask who runs the proxy.'
      : 'See the log of the JobManager; its folder for uploads (web.upload.dir) must exist and have room.',
  );
}

async function* oneByte(): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(new Uint8Array([0x78]));
}
