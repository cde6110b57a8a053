/**
 * The door for readers of pipeline files: bytes -> checked plan, or all findings at once. It reads
 * no file itself; secrets of `${file:PATH}` come through the caller's `readSecret`.
 */
import { resolve } from 'node:path';
import type { DocumentNode } from '../../document/document-node.ts';
import { loadDocument } from '../../document/load-document.ts';
import type { Finding } from '../../errors/finding.ts';
import { buildPlan } from '../plan/build-plan.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import { checkWatermarks } from '../plan/plan-watermark.ts';
import { FileReader } from './file-reader.ts';
import { readPipeline } from './read-pipeline.ts';
import { secretPaths } from './substitution.ts';

export interface PipelineRequest {
  readonly text: Uint8Array;
  /** As the user gave it. */
  readonly file: string;
  /** Absolute folder of the file. */
  readonly folder: string;
  readonly workingDirectory: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** True: an unknown configuration key is an error. */
  readonly strict: boolean;
  /** True: sources that end may have a dynamic watermark. */
  readonly allowDynamicBounded?: boolean;
  /** Content of a file by its absolute path; rejects when it cannot be read. */
  readonly readSecret: (path: string) => Promise<string>;
}

export interface CheckedPipeline {
  /** Null when any finding is an error. */
  readonly plan: LogicalPlan | null;
  /** In the order of the file. */
  readonly findings: readonly Finding[];
}

export async function loadPipeline(request: PipelineRequest): Promise<CheckedPipeline> {
  const { text, lines, root, problems } = loadDocument(request.text);
  const file = { name: request.file, text, lines };
  const secrets = root === null ? new Map<string, string>() : await readSecrets(root, request);
  const reader = new FileReader(file, { ...request, secrets });
  for (const problem of problems) reader.reportDocument(problem);
  if (root === null) {
    if (problems.length === 0) {
      reader.report(START, {
        code: 'DREY_PIPELINE_VALUE',
        message: 'The file is empty.',
        hint: INIT,
      });
    }
    return { plan: null, findings: reader.findings };
  }
  const draft = readPipeline(root, request, reader, request.strict);
  const plan = draft === null ? null : buildPlan(draft, reader);
  if (draft !== null) checkWatermarks(draft, reader, request.allowDynamicBounded ?? false);
  return { plan: reader.hasErrors ? null : plan, findings: reader.findings };
}

const START = { start: 0, end: 1 };
const INIT = 'Run `drey pipeline init` for an example.';
/** Different secret files that one pipeline may read. */
const SECRETS_MAX = 100;

async function readSecrets(
  root: DocumentNode,
  request: PipelineRequest,
): Promise<ReadonlyMap<string, string | Error>> {
  const paths = new Set<string>();
  collectSecretPaths(root, paths, new Set());
  const secrets = new Map<string, string | Error>();
  for (const path of [...paths].slice(0, SECRETS_MAX)) {
    try {
      secrets.set(path, await request.readSecret(resolve(request.folder, path)));
    } catch (error) {
      // Reported at each place that uses it.
      secrets.set(path, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return secrets;
}

function collectSecretPaths(node: DocumentNode, paths: Set<string>, seen: Set<DocumentNode>): void {
  if (seen.has(node)) return;
  seen.add(node);
  if (node.kind === 'scalar') {
    for (const path of secretPaths(node.text)) paths.add(path);
  } else if (node.kind === 'list') {
    for (const item of node.items) collectSecretPaths(item, paths, seen);
  } else {
    for (const { value } of node.entries) collectSecretPaths(value, paths, seen);
  }
}
