/**
 * Prints a failure in the form that was asked for: the JSON envelope on standard output, or text
 * for people on standard error. Returns the exit status. The last thing a process does.
 */
import type { Platform } from '../platform/platform.ts';
import type { Terminal } from '../platform/terminal.ts';
import { jsonDocument, versionedLine } from '../output/json-document.ts';
import { describeFailure, silentExitOf, type Failure } from './describe-failure.ts';
import type { GlobalFlags } from './global-flags.ts';
import { PipelineError } from './pipeline-error.ts';

export interface World {
  readonly platform: Platform;
  readonly terminal: Terminal;
}

export async function reportFailure(
  error: unknown,
  flags: GlobalFlags,
  world: World,
): Promise<number> {
  const failure = describeFailure(error);
  if (failure === null) return silentExitOf(error);
  if (flags.json) {
    await world.platform.streams.writeOutput(Buffer.from(jsonDocument(envelopeOf(failure))));
    if (flags.debug) world.platform.streams.writeError(`${failure.stack}\n`);
    return failure.exit;
  }
  const text = error instanceof PipelineError ? error.text : '';
  world.platform.streams.writeError(await failureText(failure, text, flags, world));
  if (flags.github) {
    const { githubAnnotations } = await import('./github-annotation.ts');
    world.platform.streams.writeError(githubAnnotations(failure));
  }
  return failure.exit;
}

/**
 * The same envelope as one line on standard error, for commands whose standard output belongs to
 * rows. Null: the error is only a request for an exit status.
 */
export function reportFailureLine(error: unknown, world: World): number | null {
  const failure = describeFailure(error);
  if (failure === null) return null;
  world.platform.streams.writeError(versionedLine(envelopeOf(failure)));
  return failure.exit;
}

function envelopeOf({ code, message, hint, exit, details }: Failure): object {
  return { error: { code, message, hint, exit, details } };
}

/** `text`: of the file that the findings point into; empty when there is none. */
async function failureText(
  failure: Failure,
  text: string,
  flags: GlobalFlags,
  world: World,
): Promise<string> {
  const { createPalette, wantsColour } = await import('../output/palette.ts');
  const { visibleLines } = await import('../output/visible-text.ts');
  const palette = createPalette(
    wantsColour({
      isTerminal: world.terminal.isErrorTerminal,
      noColorFlag: flags.noColor,
      environment: world.platform.environment,
    }),
  );
  const parts: string[] = [];
  if (failure.findings.length > 0) {
    const { renderFinding } = await import('../document/code-frame.ts');
    for (const finding of failure.findings) parts.push(`${renderFinding(finding, text)}\n`);
  }
  parts.push(`${palette.bad('error:')} ${visibleLines(failure.message)}`);
  parts.push(`${palette.name('hint:')} ${visibleLines(failure.hint)}`);
  parts.push(`${palette.faint('code:')} ${failure.code}`);
  if (flags.debug) parts.push(visibleLines(failure.stack));
  return `${parts.join('\n')}\n`;
}
