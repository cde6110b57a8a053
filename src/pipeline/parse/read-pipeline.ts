/** Document -> draft: every section of the file read field by field. */
import type { DocumentNode, MapNode, ScalarNode } from '../../document/document-node.ts';
import { reportKind, type NamedValue } from '../spec/composite-fields.ts';
import type { Located, ValuesOf } from '../spec/field.ts';
import { topLevelOptions } from '../spec/pipeline-spec.ts';
import { RecordReader } from '../spec/record-reader.ts';
import type { PipelineDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';
import { PARALLELISM_KEY, readConfiguration, readTimeZone } from './read-configuration.ts';
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
  checkParallelism(section, reader);
  return {
    name: section?.name?.value ?? '',
    parallelism: section?.parallelism?.value ?? (defaultParallelism >= 1 ? defaultParallelism : 1),
    maxParallelism: section?.['max-parallelism']?.value ?? null,
    configuration,
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

type PipelineSection = NonNullable<ValuesOf<typeof topLevelOptions>['pipeline']>['value'];

function checkParallelism(section: PipelineSection | null, reader: FileReader): void {
  const parallelism = section?.parallelism ?? null;
  const max = section?.['max-parallelism'] ?? null;
  if (parallelism === null || max === null || parallelism.value <= max.value) return;
  if (parallelism.node === null) return;
  reader.report(parallelism.node, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: `The parallelism ${parallelism.value} is greater than max-parallelism ${max.value}.`,
  });
}
