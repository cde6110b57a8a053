/** The main output and the side outputs of a process function, with what waits for each. */
import type { Outputs } from '../operator/contract.ts';
import { nearestName } from '../../expression/nearest.ts';
import { Misuse } from './misuse.ts';
import type { KeyedProcessSpec } from './process-spec.ts';
import { RowEmitter, type EmissionTime } from './row-emitter.ts';

export class ProcessOutputs {
  private readonly main: RowEmitter;
  private readonly sides: ReadonlyMap<string, RowEmitter>;
  private readonly all: readonly RowEmitter[];

  constructor(spec: KeyedProcessSpec, outputs: Outputs) {
    const { outputSchema, outputTimeIndex } = spec;
    this.main = new RowEmitter(
      { name: 'the output', schema: outputSchema, timeIndex: outputTimeIndex },
      outputs.main,
    );
    this.sides = new Map(
      spec.sides.map(({ name, schema, timeIndex }) => [
        name,
        new RowEmitter(
          { name: `the side output "${name}"`, schema, timeIndex },
          outputs.side(name),
        ),
      ]),
    );
    this.all = [this.main, ...this.sides.values()];
  }

  collect(row: unknown, time: EmissionTime): void {
    this.main.add(row, time);
  }

  collectSide(name: string, row: unknown, time: EmissionTime): void {
    const side = this.sides.get(name);
    if (side === undefined) throw unknownSide(name, [...this.sides.keys()]);
    side.add(row, time);
  }

  /** Emits batches that are full; false: one of them has to wait, and no further call is made. */
  flushFull(): boolean {
    let isDone = true;
    for (const emitter of this.all) {
      if (emitter.isBlocked && !emitter.flushFull()) isDone = false;
    }
    return isDone;
  }

  /** Emits everything. */
  flush(): boolean {
    let isDone = true;
    for (const emitter of this.all) if (!emitter.flush()) isDone = false;
    return isDone;
  }

  emitWatermark(watermarkMs: number): void {
    for (const emitter of this.all) emitter.emitWatermark(watermarkMs);
  }
}

function unknownSide(name: unknown, names: readonly string[]): Misuse {
  const text = String(name).slice(0, 60);
  const near = nearestName(text, names);
  const declared = names.length === 0 ? 'none' : names.join(', ');
  return new Misuse(
    'DREY_PROCESS_ROW',
    `there is no side output "${text}"`,
    near === undefined
      ? `Declare it under sides of the node; declared: ${declared}.`
      : `Did you mean "${near}"?`,
  );
}
