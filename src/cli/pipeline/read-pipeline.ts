/**
 * The way from `FILE` on the command line to a checked plan, the same for every verb that reads a
 * pipeline file. Errors come all at once as a PipelineError; warnings come with the plan.
 */
import { dirname, isAbsolute, join } from 'node:path';
import { UsageError } from '../../errors/drey-error.ts';
import type { Finding } from '../../errors/finding.ts';
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import type { Platform } from '../../platform/platform.ts';
import { PipelineError } from '../pipeline-error.ts';
import { recoveryFindings } from './recovery-findings.ts';

export interface PipelineRequest {
  /** As the user gave it; `-` is standard input. */
  readonly file: string;
  /** Each `NAME=VALUE`, as given. */
  readonly parameters: readonly string[];
  /** An unknown configuration key is an error, not a warning. */
  readonly strict: boolean;
  /** Sources that end may have a dynamic watermark. */
  readonly allowDynamicBounded?: boolean;
}

export interface CheckedPipeline {
  /** As it stands in findings. */
  readonly file: string;
  readonly text: string;
  /** Null when a finding is an error. */
  readonly plan: LogicalPlan | null;
  readonly findings: readonly Finding[];
}

export interface ReadPipeline extends CheckedPipeline {
  readonly plan: LogicalPlan;
}

/** What standard input is called in findings. */
const STANDARD_INPUT = '<stdin>';
/** A secret read from a file is a token or a password. */
const SECRET_BYTES_MAX = 65_536;

/** As `checkPipeline`, but throws a PipelineError when there is no plan. */
export async function readPipeline(
  request: PipelineRequest,
  platform: Platform,
): Promise<ReadPipeline> {
  const checked = await checkPipeline(request, platform);
  const { file, text, plan, findings } = checked;
  if (plan === null) throw new PipelineError(file, text, findings);
  return { ...checked, plan };
}

/** Reads and checks a file; what is wrong with it comes back as findings. */
export async function checkPipeline(
  request: PipelineRequest,
  platform: Platform,
): Promise<CheckedPipeline> {
  const parameters = parseParameters(request.parameters);
  const { loadPipeline } = await import('../../pipeline/parse/load-pipeline.ts');
  const { DOCUMENT_BYTES_MAX } = await import('../../document/limits.ts');
  const isInput = request.file === '-';
  const path = absolute(request.file, platform.workingDirectory);
  // One byte more than allowed, so that the loader says in its own words that it is too long.
  const bytes = isInput
    ? await readInput(platform, DOCUMENT_BYTES_MAX + 1)
    : await platform.files.readAll(path, DOCUMENT_BYTES_MAX + 1);
  const file = isInput ? STANDARD_INPUT : request.file;
  const { plan, findings } = await loadPipeline({
    text: bytes,
    file,
    folder: isInput ? platform.workingDirectory : dirname(path),
    workingDirectory: platform.workingDirectory,
    parameters,
    environment: platform.environment,
    strict: request.strict,
    allowDynamicBounded: request.allowDynamicBounded ?? false,
    readSecret: async (secretPath: string) => {
      const secret = await platform.files.readAll(secretPath, SECRET_BYTES_MAX);
      return new TextDecoder().decode(secret).trimEnd();
    },
  });
  const text = new TextDecoder().decode(bytes);
  if (plan === null) return { file, text, plan, findings };
  const all = [...findings, ...(await recoveryFindings(plan, file))].sort(byPlace);
  const isRefused = all.some(({ severity }) => severity === 'error');
  return { file, text, plan: isRefused ? null : plan, findings: all };
}

function byPlace(left: Finding, right: Finding): number {
  return left.line - right.line || left.column - right.column;
}

/** `NAME=VALUE` pairs; the last one of a name counts. */
export function parseParameters(given: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const text of given) {
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(0, equals));
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new UsageError('DREY_USAGE', `--param ${text} is not of the form NAME=VALUE`, {
        hint: 'Write it as --param EVENTS=./events.jsonl; a name has letters, digits and _.',
      });
    }
    parameters.set(name, text.slice(equals + 1));
  }
  return parameters;
}

function absolute(path: string, workingDirectory: string): string {
  return isAbsolute(path) ? path : join(workingDirectory, path);
}

async function readInput(platform: Platform, limitBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limitBytes);
  let size = 0;
  while (size < limitBytes) {
    const count = await platform.streams.readInput(bytes, size, limitBytes - size);
    if (count === 0) break;
    size += count;
  }
  return bytes.subarray(0, size);
}
