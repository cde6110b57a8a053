/** `pipeline.config`: Flink's keys, checked against Flink's types. */
import type { NamedValue } from '../spec/composite-fields.ts';
import { configurationMismatch } from '../spec/configuration/configuration-type.ts';
import { configurationKeys, configurationType } from '../spec/configuration/configuration.ts';
import type { ConfigurationPlace } from '../plan/logical-plan.ts';
import type { FieldText } from '../spec/field.ts';
import type { FileReader } from './file-reader.ts';
import { localPathOf, type Folders } from './resolve-path.ts';
import { isSecretName } from './substitution.ts';

export const TIME_ZONE_KEY = 'table.local-time-zone';
export const PARALLELISM_KEY = 'parallelism.default';
/** In force where the pipeline has no `max-parallelism` of its own. */
export const MAX_PARALLELISM_KEY = 'pipeline.max-parallelism';
const DEFAULT_TIME_ZONE = 'UTC';

/** The entries as written, `${...}` replaced. */
export function readConfiguration(
  entries: readonly NamedValue<FieldText>[],
  reader: FileReader,
  strict: boolean,
): ReadonlyMap<string, string> {
  const configuration = new Map<string, string>();
  for (const entry of entries) {
    configuration.set(entry.name, entry.value.text);
    const type = configurationType(entry.name);
    if (type === null) {
      reportUnknown(entry, reader, strict);
      continue;
    }
    const problem = configurationMismatch(type, entry.value.text);
    if (problem === null) continue;
    const shown = isSecretName(entry.name) ? '"***"' : reader.shown(entry.value);
    reader.report(entry.value.node, {
      code: 'DREY_PIPELINE_CONFIGURATION_VALUE',
      message: `${problem.mismatch} for ${entry.name}, found ${shown}.`,
      ...(problem.hint !== undefined && { hint: problem.hint }),
    });
  }
  return configuration;
}

export function configurationPlaces(
  entries: readonly NamedValue<FieldText>[],
  folders: Folders,
  reader: FileReader,
): ReadonlyMap<string, ConfigurationPlace> {
  return new Map(
    entries.map(({ name, value }) => [
      name,
      { ...reader.locate(value.node), path: localPathOf(value, folders) },
    ]),
  );
}

/** The zone of `table.local-time-zone`; UTC when it is not set or not usable. */
export function readTimeZone(
  entries: readonly NamedValue<FieldText>[],
  reader: FileReader,
): string {
  const entry = entries.find(({ name }) => name === TIME_ZONE_KEY);
  if (entry === undefined) return DEFAULT_TIME_ZONE;
  const zone = entry.value.text;
  // "default" is the zone of the machine in Flink; drey's rows do not depend on the machine.
  if (zone === 'default') return DEFAULT_TIME_ZONE;
  if (isTimeZone(zone)) return zone;
  reader.report(entry.value.node, {
    code: 'DREY_PIPELINE_CONFIGURATION_VALUE',
    message: `${reader.shown(entry.value)} is no time zone.`,
    hint: 'Use an IANA name such as Asia/Shanghai, or UTC.',
  });
  return DEFAULT_TIME_ZONE;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).format(0).length > 0;
  } catch {
    return false;
  }
}

function reportUnknown(entry: NamedValue<FieldText>, reader: FileReader, strict: boolean): void {
  const near = reader.nearest(entry.name, Object.keys(configurationKeys));
  reader.report(
    entry.key,
    {
      code: 'DREY_PIPELINE_CONFIGURATION_KEY',
      message: `"${entry.name.slice(0, 100)}" is no Flink configuration key.`,
      ...(near !== undefined && { hint: `Did you mean "${near}"?` }),
    },
    strict ? 'error' : 'warning',
  );
}
