/** What `drey pipeline explain` says of a source's watermark: one line for each field of it. */
import { durationText } from '../../errors/duration-text.ts';
import type { SourceNode } from '../../pipeline/plan/logical-plan.ts';
import type { WatermarkSpec } from '../../pipeline/plan/watermark-spec.ts';
import { sourceEnds } from '../../pipeline/plan/plan-watermark.ts';

export interface WatermarkLine {
  /** The field of the pipeline file. */
  readonly name: 'strategy' | 'emit' | 'idle-timeout' | 'alignment';
  readonly description: string;
}

/** Empty for a source without event time. */
export function explainWatermark(source: SourceNode): readonly WatermarkLine[] {
  const { watermark, connector } = source;
  if (watermark === null) return [];
  const lines: WatermarkLine[] = [
    { name: 'strategy', description: strategyText(watermark.strategy) },
    { name: 'emit', description: emitText(watermark.emitIntervalMs) },
    {
      name: 'idle-timeout',
      description: idleText(watermark.idleTimeoutMs, sourceEnds(connector)),
    },
  ];
  if (watermark.alignment !== null) {
    const { group, maxDriftMs } = watermark.alignment;
    const description = `at most ${durationText(maxDriftMs)} ahead of the slowest of group ${group}`;
    lines.push({ name: 'alignment', description });
  }
  return lines;
}

function strategyText(strategy: WatermarkSpec['strategy']): string {
  switch (strategy.kind) {
    case 'bounded':
      return `bounded, ${durationText(strategy.delayMs)} behind the highest event time`;
    case 'ascending':
      return 'ascending, the highest event time';
    case 'dynamic': {
      const { samples, factor, minDelayMs } = strategy;
      return `dynamic, behind the highest event time by ${factor} times the mean of the last ${samples} delays, at least ${durationText(minDelayMs)}`;
    }
  }
}

function emitText(intervalMs: number | null): string {
  if (intervalMs === null) return 'on-event, with the rows';
  return `on-periodic, at most once in ${durationText(intervalMs)}`;
}

function idleText(timeoutMs: number | null, ends: boolean): string {
  if (timeoutMs === null) return 'none, a silent file or partition holds the watermark back';
  const text = durationText(timeoutMs);
  return ends ? `${text}, without effect: the source ends` : text;
}
