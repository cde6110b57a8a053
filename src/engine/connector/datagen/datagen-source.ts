/** The `datagen` source: generated rows, in one split. */
import { errorCodes } from '../../../errors/codes.ts';
import { InputError } from '../../../errors/drey-error.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Random } from '../../../platform/random.ts';
import type { Timers } from '../../../platform/timers.ts';
import type { RowSchema } from '../../batch/batch.ts';
import type { Source, SourcePlace, SourceProgress, SplitReader } from '../contract.ts';
import { dealtTo, WHOLE_SOURCE } from '../split-assignment.ts';
import { createFields, type GeneratedSchema } from './create-field.ts';
import type { DatagenOptions } from './datagen-options.ts';
import { DatagenReader } from './datagen-reader.ts';

export interface DatagenSourceOptions {
  /** Name of the source node. */
  readonly name: string;
  readonly schema: RowSchema;
  readonly options: DatagenOptions;
}

export interface DatagenPlatform {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}

export class DatagenSource implements Source {
  readonly schema: RowSchema;
  readonly isBounded: boolean;
  readonly isRepeatable = true;
  private readonly options: DatagenOptions;
  private readonly platform: DatagenPlatform;
  private readonly generated: GeneratedSchema;
  private readonly rowCount: number;

  /** Throws InputErrors for options that do not fit the schema. */
  constructor({ name, schema, options }: DatagenSourceOptions, platform: DatagenPlatform) {
    const { rowsPerSecond, numberOfRows, seed } = options;
    if (rowsPerSecond !== null && !(rowsPerSecond > 0)) {
      throw sourceOptionError(name, `rows-per-second ${rowsPerSecond} is not above 0`);
    }
    if (seed !== null && !Number.isSafeInteger(seed)) {
      throw sourceOptionError(name, `seed ${seed} is not a whole number below 2^53`);
    }
    this.schema = schema;
    this.options = options;
    this.platform = platform;
    this.generated = createFields(name, schema, options.fields);
    this.rowCount = Math.min(numberOfRows ?? Infinity, this.generated.rowCountMax);
    this.isBounded = this.rowCount !== Infinity;
  }

  open(place: SourcePlace = WHOLE_SOURCE): Promise<readonly SplitReader[]> {
    if (place.restored?.names.length === 0) return Promise.resolve([]);
    const { rowsPerSecond, seed } = this.options;
    const { clock, timers, random } = this.platform;
    const reader = new DatagenReader(
      {
        fields: this.generated.fields,
        rowCount: this.rowCount,
        rowsPerSecond,
        seed: seed ?? Math.floor(random.next() * Number.MAX_SAFE_INTEGER),
        isRepeatable: seed !== null,
      },
      clock,
      timers,
    );
    return Promise.resolve(dealtTo([reader], place));
  }

  progress(): SourceProgress {
    return { bytesRead: 0, bytesTotal: null };
  }
}

function sourceOptionError(source: string, problem: string): InputError {
  return new InputError('DREY_DATAGEN_OPTION', `source ${source}: ${problem}`, {
    hint: errorCodes.DREY_DATAGEN_OPTION.next,
    details: { source, problem },
  });
}
