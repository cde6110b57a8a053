/** Prints one answer to standard output in the form that was asked for; JSON is not done here. */
import { createPalette, wantsColour } from '../../output/palette.ts';
import { renderView, type RenderOptions, type ViewForm } from '../../output/render-view.ts';
import type { View } from '../../output/view.ts';
import type { World } from '../report-failure.ts';
import { outputFormOf, type ClusterFlags, type OutputForm } from './cluster-flags.ts';

export interface Printable {
  readonly result: object;
  readonly view: View;
}

export async function printAnswer(
  world: World,
  flags: ClusterFlags,
  printable: Printable,
): Promise<boolean> {
  const text = await answerText(world, flags, printable);
  if (outputFormOf(flags) === 'github') {
    const { appendJobSummary } = await import('./github-summary.ts');
    await appendJobSummary(world.platform, text);
  }
  return world.platform.streams.writeOutput(Buffer.from(text));
}

async function answerText(
  world: World,
  flags: ClusterFlags,
  { result, view }: Printable,
): Promise<string> {
  const output = outputFormOf(flags);
  if (output === 'yaml' || output === 'json') {
    const { yamlDocument } = await import('../../document/write-yaml.ts');
    return yamlDocument({ schemaVersion: 1, ...result });
  }
  return renderView(view, viewFormOf(output), renderOptionsOf(world, flags['no-color'] === true));
}

/** GitHub's summary is Markdown. */
function viewFormOf(output: Exclude<OutputForm, 'yaml' | 'json'>): ViewForm {
  return output === 'github' ? 'markdown' : output;
}

export function renderOptionsOf(
  { platform, terminal }: World,
  noColorFlag: boolean,
): RenderOptions {
  const { environment } = platform;
  return {
    palette: createPalette(
      wantsColour({ isTerminal: terminal.isOutputTerminal, noColorFlag, environment }),
    ),
    zoneOffset: (epochMs) => platform.clock.zoneOffsetMs(epochMs),
  };
}
