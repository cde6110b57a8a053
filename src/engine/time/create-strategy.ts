/** From the description of a watermark strategy to the strategy. */
import { DynamicDelay } from './dynamic-delay.ts';
import { FixedDelay } from './fixed-delay.ts';
import type { WatermarkStrategy, WatermarkStrategySpec } from './watermark-strategy.ts';

/** `nowMs`: the engine's processing time, which only the dynamic strategy asks. */
export function createStrategy(
  spec: WatermarkStrategySpec,
  nowMs: () => number,
): WatermarkStrategy {
  switch (spec.kind) {
    case 'bounded':
      return new FixedDelay(spec.delayMs);
    case 'ascending':
      return new FixedDelay(0);
    case 'dynamic':
      return new DynamicDelay(spec, nowMs);
  }
}
