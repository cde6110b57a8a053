/** The job summary of GitHub Actions: Markdown that is added to the file it names. */
import type { Platform } from '../../platform/platform.ts';

/** What GitHub takes of one step. */
const SUMMARY_BYTES_MAX = 1024 * 1024;

/** Nothing outside of GitHub Actions, where the variable is missing. */
export async function appendJobSummary(platform: Platform, markdown: string): Promise<void> {
  const path = platform.environment['GITHUB_STEP_SUMMARY'];
  if (path === undefined || path === '') return;
  const isThere = (await platform.files.status(path)) !== null;
  const before = isThere
    ? await platform.files.readAll(path, SUMMARY_BYTES_MAX)
    : new Uint8Array(0);
  const file = await platform.files.openToWrite(path);
  try {
    await file.write(before);
    await file.write(new TextEncoder().encode(`${markdown}\n`));
  } finally {
    await file.close();
  }
}
