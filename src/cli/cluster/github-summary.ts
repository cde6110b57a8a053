/** The job summary of GitHub Actions: Markdown that is added to the file it names. */
import type { Platform } from '../../platform/platform.ts';

/** Nothing outside of GitHub Actions, where the variable is missing. */
export async function appendJobSummary(platform: Platform, markdown: string): Promise<void> {
  const path = platform.environment['GITHUB_STEP_SUMMARY'];
  if (path === undefined || path === '') return;
  const file = await platform.files.openToWrite(path, { append: true });
  try {
    await file.write(new TextEncoder().encode(`${markdown}\n`));
  } finally {
    await file.close();
  }
}
