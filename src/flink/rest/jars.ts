/** Jars on the JobManager's disk: uploading, running, deleting. */
import type { HttpUpload } from '../../platform/http.ts';
import { decodeTaken } from '../model/fields.ts';
import type { JarId, JobId } from '../model/identifiers.ts';
import type { Capabilities } from '../model/flink-version.ts';
import { decodeJars, decodeRunJobId, decodeUploadedJarId, type UploadedJar } from '../model/jar.ts';
import { decodeJobPlan, type JobPlan } from '../model/job-plan.ts';
import { fileForm } from './file-form.ts';
import { paths } from './paths.ts';
import type { Transport } from './transport.ts';

export type ClaimMode = 'CLAIM' | 'NO_CLAIM' | 'LEGACY';

export interface ProgramOptions {
  readonly entryClass: string | null;
  /** Handed over as they are, each one argument of main(). */
  readonly programArguments: readonly string[];
  readonly parallelism: number | null;
  readonly configuration: Readonly<Record<string, string>>;
}

export interface RunOptions extends ProgramOptions {
  readonly jobId: JobId;
  readonly savepointPath: string | null;
  readonly claimMode: ClaimMode | null;
  readonly allowNonRestoredState: boolean;
}

export interface JarFile {
  /** Ends with .jar. */
  readonly name: string;
  readonly content: HttpUpload;
}

/** main() runs before the answer comes. */
const MAIN_MS = 5 * 60_000;
/** A large jar over a slow line. */
const UPLOAD_MS = 30 * 60_000;

export class Jars {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  list(): Promise<readonly UploadedJar[]> {
    return this.transport.read(paths.jars(), decodeJars);
  }

  /** Sends once. */
  upload({ name, content }: JarFile): Promise<JarId> {
    const boundary = `drey-${Buffer.from(this.transport.randomBytes(12)).toString('hex')}`;
    return this.transport.change('POST', paths.jarUpload(), {
      body: fileForm({ boundary, field: 'jarfile', fileName: name, content }),
      decode: decodeUploadedJarId,
      budgetMs: UPLOAD_MS,
      headersMs: UPLOAD_MS,
    });
  }

  /** Sends once; the job id makes the same request again a refused duplicate. */
  run(id: JarId, options: RunOptions, capabilities: Capabilities): Promise<JobId> {
    const { claimMode, savepointPath } = options;
    // Up to 1.19 an unknown field is refused, from 1.20 on it is dropped without a word.
    const claimField = capabilities.claimMode ? 'claimMode' : 'restoreMode';
    return this.transport.change('POST', paths.jarRun(id), {
      body: {
        ...programFields(options),
        jobId: options.jobId,
        allowNonRestoredState: options.allowNonRestoredState,
        ...(savepointPath === null ? {} : { savepointPath }),
        ...(claimMode === null ? {} : { [claimField]: claimMode }),
      },
      decode: decodeRunJobId,
      budgetMs: MAIN_MS,
      headersMs: MAIN_MS,
    });
  }

  /** Runs main() up to its execute(), and starts nothing. */
  plan(id: JarId, options: ProgramOptions): Promise<JobPlan> {
    return this.transport.change('POST', paths.jarPlan(id), {
      body: programFields(options),
      decode: decodeJobPlan,
      budgetMs: MAIN_MS,
      headersMs: MAIN_MS,
    });
  }

  delete(id: JarId): Promise<void> {
    return this.transport.change('DELETE', paths.jar(id), { decode: decodeTaken });
  }
}

function programFields({
  entryClass,
  programArguments,
  parallelism,
  configuration,
}: ProgramOptions): object {
  return {
    ...(entryClass === null ? {} : { entryClass }),
    // Not programArgs, which is split at spaces, and from 2.0 on is dropped.
    ...(programArguments.length === 0 ? {} : { programArgsList: programArguments }),
    ...(parallelism === null ? {} : { parallelism }),
    ...(Object.keys(configuration).length === 0 ? {} : { flinkConfiguration: configuration }),
  };
}
