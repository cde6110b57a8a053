/** Jars that were uploaded, and what running one answers. */
import { Fields } from './fields.ts';
import { jarIdOf, requiredJobId, type JarId, type JobId } from './identifiers.ts';

export interface UploadedJar {
  readonly jarId: JarId;
  /** File name when it was uploaded. */
  readonly name: string;
  readonly uploadedAtMs: number | null;
  /** Classes that its manifest names as entries. */
  readonly entryClasses: readonly string[];
}

/** Of /jars; newest first. */
export function decodeJars(answer: unknown): readonly UploadedJar[] {
  return Fields.of(answer)
    .requiredObjects('files')
    .map((file) => ({
      jarId: jarIdOf(file.requiredText('id')),
      name: file.text('name') ?? '',
      uploadedAtMs: file.measure('uploaded'),
      entryClasses: file.objects('entry').flatMap((entry) => entry.text('name') ?? []),
    }))
    .sort((left, right) => (right.uploadedAtMs ?? 0) - (left.uploadedAtMs ?? 0));
}

/** Of /jars/upload: the id is the last part of the path on the JobManager. */
export function decodeUploadedJarId(answer: unknown): JarId {
  const path = Fields.of(answer).requiredText('filename');
  return jarIdOf(path.split(/[/\\]/).at(-1) ?? '');
}

/** Of /jars/:id/run. */
export function decodeRunJobId(answer: unknown): JobId {
  return requiredJobId(Fields.of(answer), 'jobid');
}
