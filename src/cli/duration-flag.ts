/** A flag with a duration as Flink writes them: `500ms`, `10 min`; milliseconds once parsed. */
import { Flags } from '@oclif/core';
import { UsageError } from '../errors/drey-error.ts';
import { parseDurationMs } from '../pipeline/spec/duration.ts';

export const durationFlag = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: (text, _context, options) => {
    const durationMs = parseDurationMs(text);
    if (typeof durationMs === 'number') return Promise.resolve(durationMs);
    const message = `--${options.name} is ${JSON.stringify(text)}: ${durationMs.mismatch}`;
    return Promise.reject(new UsageError('DREY_USAGE', message));
  },
});
