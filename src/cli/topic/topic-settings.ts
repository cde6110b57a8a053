/** The settings of a new topic as they are typed: `--config retention.ms=86400000`. */
import { UsageError } from '../../errors/drey-error.ts';

/** The last value of a name counts. */
export function topicSettingsOf(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const equals = text.indexOf('=');
      if (equals > 0) return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
      throw new UsageError('DREY_USAGE', `--config ${text} is not of the form NAME=VALUE`, {
        hint: 'Write it as --config retention.ms=86400000.',
      });
    }),
  );
}
