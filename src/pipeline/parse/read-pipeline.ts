/** Document -> draft: every section of the file read field by field. */
import type { DocumentNode, MapNode, ScalarNode } from '../../document/document-node.ts';
import { reportKind, type NamedValue } from '../spec/composite-fields.ts';
import type { FieldText, Located, ValuesOf } from '../spec/field.ts';
import { topLevelOptions } from '../spec/pipeline-spec.ts';
import { RecordReader } from '../spec/record-reader.ts';
import { PARALLELISM_MAX } from '../spec/source-spec.ts';
import type { PipelineDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';
import {
  configurationPlaces,
  MAX_PARALLELISM_KEY,
  PARALLELISM_KEY,
  readConfiguration,
  readTimeZone,
} from './read-configuration.ts';
import { readSink } from './read-sink.ts';
import { readSource } from './read-source.ts';
import { readTransform } from './read-transform.ts';
import type { Folders } from './resolve-path.ts';

/** Null when the document is no map at all. */
export function readPipeline(
  root: DocumentNode,
  folders: Folders,
  reader: FileReader,
  strict: boolean,
): PipelineDraft | null {
  if (root.kind !== 'map') return reportKind(root, 'a map', reader);
  const record = new RecordReader(root, reader);
  const sections = record.take(topLevelOptions);
  record.finish('a pipeline file');
  const section = sections.pipeline?.value ?? null;
  const entries = section?.config?.value ?? [];
  const configuration = readConfiguration(entries, reader, strict);
  const defaultParallelism = Number(configuration.get(PARALLELISM_KEY) ?? '1');
  reportSameNames([sections.sources, sections.transforms, sections.sinks], reader);
  const maxParallelism =
    section?.['max-parallelism']?.value ?? readMaxParallelism(configuration, entries, reader);
  checkParallelism(section, maxParallelism, reader);
  return {
    name: section?.name?.value ?? '',
    parallelism: section?.parallelism?.value ?? (defaultParallelism >= 1 ? defaultParallelism : 1),
    maxParallelism,
    configuration,
    configurationPlaces: configurationPlaces(entries, folders, reader),
    isStrict: strict,
    timeZone: readTimeZone(entries, reader),
    sources: nodes(sections.sources, reader, (key, map) => readSource(key, map, folders, reader)),
    transforms: nodes(sections.transforms, reader, (key, map) =>
      readTransform(key, map, folders, reader),
    ),
    sinks: nodes(sections.sinks, reader, (key, map) => readSink(key, map, folders, reader)),
    tests: sections.tests?.value.map((test) => test.value) ?? [],
  };
}

type Section = Located<readonly NamedValue<DocumentNode>[]> | null;

function nodes<T>(
  section: Section,
  reader: FileReader,
  read: (key: ScalarNode, map: MapNode) => T,
): readonly T[] {
  return (section?.value ?? []).flatMap(({ key, value }) => {
    if (value.kind === 'map') return [read(key, value)];
    const isAbsent = value.kind === 'scalar' && value.style === 'absent';
    reportKind(isAbsent ? { ...value, start: key.start, end: key.end } : value, 'a map', reader);
    return [];
  });
}

/** Sources, transforms and sinks share one set of names. */
function reportSameNames(sections: readonly Section[], reader: FileReader): void {
  const seen = new Set<string>();
  for (const section of sections) {
    for (const { name, key } of section?.value ?? []) {
      if (seen.has(name)) {
        reader.report(key, {
          code: 'DREY_PIPELINE_NAME',
          message: `Two nodes have the name "${name}".`,
          hint: 'Sources, transforms and sinks share their names; rename one.',
        });
      }
      seen.add(name);
    }
  }
}

/** Of the configuration; null when it is not set, as -1 says in Flink. */
function readMaxParallelism(
  configuration: ReadonlyMap<string, string>,
  entries: readonly NamedValue<FieldText>[],
  reader: FileReader,
): number | null {
  const value = Number(configuration.get(MAX_PARALLELISM_KEY) ?? '-1');
  const entry = entries.find(({ name }) => name === MAX_PARALLELISM_KEY);
  if (entry === undefined || value === -1 || !Number.isInteger(value)) return null;
  if (value >= 1 && value <= PARALLELISM_MAX) return value;
  reader.report(entry.value.node, {
    code: 'DREY_PIPELINE_CONFIGURATION_VALUE',
    message: `${MAX_PARALLELISM_KEY} is ${value}; it must be from 1 to ${PARALLELISM_MAX}.`,
  });
  return null;
}

type PipelineSection = NonNullable<ValuesOf<typeof topLevelOptions>['pipeline']>['value'];

function checkParallelism(
  section: PipelineSection | null,
  max: number | null,
  reader: FileReader,
): void {
  const parallelism = section?.parallelism ?? null;
  if (parallelism === null || max === null || parallelism.value <= max) return;
  if (parallelism.node === null) return;
  reader.report(parallelism.node, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: `The parallelism ${parallelism.value} is greater than max-parallelism ${max}.`,
  });
}
