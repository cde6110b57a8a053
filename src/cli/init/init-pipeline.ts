/** `drey pipeline init`: writes a pipeline that runs, with its data and a test. */
import { dirname, join } from 'node:path';
import { RefusedError } from '../../errors/drey-error.ts';
import { visibleText } from '../../output/visible-text.ts';
import type { Files } from '../../platform/files.ts';
import { starterFiles } from './starter-files.ts';

export interface InitRequest {
  /** Relative to the working directory; made when it is not there. */
  readonly folder: string;
  /** Replace files that are there. */
  readonly force: boolean;
}

export interface InitResult {
  readonly folder: string;
  /** With the folder, in the order they were written. */
  readonly files: readonly string[];
}

/** Throws DREY_INIT_EXISTS, before anything is written, when a file is in the way. */
export async function initPipeline(request: InitRequest, files: Files): Promise<InitResult> {
  const targets = starterFiles.map(({ path, text }) => ({
    path: join(request.folder, path),
    text,
  }));
  if (!request.force) await refuseExisting(targets, files);
  for (const { path, text } of targets) {
    await files.createFolder(dirname(path));
    const file = await files.openToWrite(path, { exclusive: !request.force });
    try {
      await file.write(Buffer.from(text));
    } finally {
      await file.close();
    }
  }
  return { folder: request.folder, files: targets.map(({ path }) => path) };
}

async function refuseExisting(
  targets: readonly { readonly path: string }[],
  files: Files,
): Promise<void> {
  const existing: string[] = [];
  for (const { path } of targets) {
    if ((await files.status(path)) !== null) existing.push(path);
  }
  if (existing.length === 0) return;
  throw new RefusedError('DREY_INIT_EXISTS', `already there: ${existing.join(', ')}`, {
    hint: 'Name another folder, or pass --force to replace these files.',
    details: { existing },
  });
}

/** What was written and what to do with it. */
export function initText({ files }: InitResult): string {
  const pipeline = files.find((path) => path.endsWith('.yaml')) ?? '';
  return [
    ...files.map((path) => `wrote ${visibleText(path)}`),
    '',
    'next:',
    `  drey run ${visibleText(pipeline)}`,
    `  drey pipeline test ${visibleText(pipeline)}`,
    '',
  ].join('\n');
}
