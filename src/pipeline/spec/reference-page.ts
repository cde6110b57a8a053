/** The reference page of pipeline files, in Markdown: made from the field specs. */
import { asyncField, retryField } from './async-spec.ts';
import { configurationKeys, embeddedEngineHonours } from './configuration/configuration.ts';
import { dictionaryField } from './dictionary-spec.ts';
import type { FieldShape, Option, Options } from './field.ts';
import { csvOptions, jsonOptions } from './format-options.ts';
import { topLevelOptions } from './pipeline-spec.ts';
import { processField } from './process-spec.ts';
import { laterSinkConnectors, sinkConnectors, sinkOptions, formatOption } from './sink-spec.ts';
import {
  laterSourceConnectors,
  sourceConnectors,
  sourceOptions,
  type ConnectorSpec,
} from './source-spec.ts';
import { dedupField, topNField } from './rank-spec.ts';
import { testStepField } from './test-spec.ts';
import { emitField, lookupField, transformOptions, windowField } from './transform-spec.ts';
import { alignmentField, watermarkField } from './watermark-spec.ts';

export function pipelineReferencePage(): string {
  const { shape } = topLevelOptions.pipeline.field;
  const parts = [
    '# Pipeline files',
    INTRODUCTION,
    section('## Top level', topLevelOptions),
    section('## `pipeline`', shape.kind === 'record' ? shape.options : {}),
    configuration(),
    section('## `sources`', sourceOptions),
    fieldSection('### `watermark`', watermarkField.shape),
    fieldSection('#### `alignment`', alignmentField.shape),
    ...connectors('Source', sourceConnectors, laterSourceConnectors),
    section('## Format `json`', jsonOptions),
    section('## Format `csv`', csvOptions),
    section('## `transforms`', transformOptions),
    fieldSection('### `lookup`', lookupField.shape),
    fieldSection('### `window`', windowField.shape),
    fieldSection('### `emit`', emitField.shape),
    fieldSection('### `dedup`', dedupField.shape),
    fieldSection('### `top-n`', topNField.shape),
    fieldSection('### `process`', processField.shape),
    fieldSection('### `async`', asyncField.shape),
    fieldSection('#### `retry`', retryField.shape),
    fieldSection('### `dictionary`', dictionaryField.shape),
    section('## `sinks`', sinkOptions),
    ...connectors('Sink', sinkConnectors, laterSinkConnectors),
    '## `tests`\n\nA list of `{ name, steps }`. A step has one or more of these fields; they happen in this order.',
    fieldSection('### Steps', testStepField.shape),
  ];
  return `${parts.join('\n\n')}\n`;
}

const INTRODUCTION = `This page is generated from the field specs by \`npm run docs\`.

Names and values are Flink's wherever Flink has them. A value's type is decided by its field, never by YAML: \`0123\` keeps its zero, a 13-digit id stays a text.
Durations are a whole number with a unit (\`500ms\`, \`25s\`, \`1min\`, \`1h\`, \`1d\`; without a unit milliseconds), sizes likewise (\`64kb\`, \`256mb\`, in steps of 1024).
\`\${NAME}\` and \`\${NAME:-default}\` are replaced from \`--param NAME=value\`, then from the environment; \`\${file:PATH}\` is the content of a file and is never printed; \`$\${\` is a literal \`\${\`.
Relative paths start at the pipeline file's folder, those that come from a parameter or the environment at the working directory.
Inside \`{ }\` and \`[ ]\` an expression or type that holds \`, { } [ ]\` must be quoted; anywhere one that starts with \`\` \` ' " ! % @ & * \`\` or holds \` #\` or \`: \`.`;

function section(heading: string, options: Options): string {
  const entries = Object.entries(options);
  const now = entries.filter(([, option]) => option.since !== null);
  const later = entries.filter(([, option]) => option.since === null);
  const parts = [heading];
  if (now.length > 0) parts.push(table(now));
  if (later.length > 0) parts.push(laterList(later));
  return parts.join('\n\n');
}

function fieldSection(heading: string, shape: FieldShape): string {
  return section(heading, shape.kind === 'record' ? shape.options : {});
}

type Entries = readonly (readonly [string, Option<unknown>])[];

function table(entries: Entries): string {
  const rows = entries.map(([name, option]) => {
    const example = option.example === null ? '' : ` Example: ${code(option.example)}.`;
    return `| \`${name}\` | ${typeName(option.field.shape)} | ${defaultOf(option)} | ${cell(option.description)}${example} |`;
  });
  return ['| field | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function defaultOf(option: Option<unknown>): string {
  if (option.isRequired) return 'required';
  return option.defaultText === null ? '-' : code(option.defaultText);
}

function laterList(entries: Entries): string {
  const names = entries.map(([name]) => `\`${name}\``).join(', ');
  return `Part of the format, not supported by this version: ${names}.`;
}

function typeName(shape: FieldShape): string {
  switch (shape.kind) {
    case 'scalar':
      if (shape.type === 'choice') return (shape.values ?? []).map(code).join(', ');
      return shape.type + bounds(shape.min, shape.max);
    case 'list':
      return `list of ${typeName(shape.item)}`;
    case 'map':
      return `map of ${shape.keyName} to ${typeName(shape.value)}`;
    case 'record':
      return 'map, see below';
    case 'variant':
      return shape.alternatives.map(typeName).join(', or ');
    case 'any':
      return 'map';
  }
}

function bounds(min: number | undefined, max: number | undefined): string {
  if (min === undefined || max === undefined) return '';
  return max === Number.MAX_SAFE_INTEGER ? ` >= ${min}` : ` ${min} to ${max}`;
}

function connectors(
  side: string,
  specs: Readonly<Record<string, ConnectorSpec>>,
  later: readonly string[],
): readonly string[] {
  const sections = Object.entries(specs).map(([name, spec]) => {
    const options: Options =
      spec.formats.length === 0
        ? { ...spec.options, ...spec.patterns }
        : { ...spec.options, format: withFormats(spec) };
    const heading = `### ${side} \`${name}\`\n\n${spec.description}`;
    return Object.keys(options).length === 0 ? heading : section(heading, options);
  });
  const names = later.map((name) => `\`${name}\``).join(', ');
  return [
    ...sections,
    `Connectors that are part of the format, not supported by this version: ${names}.`,
  ];
}

function withFormats(spec: ConnectorSpec): Option<unknown> {
  const shape: FieldShape = { kind: 'scalar', type: 'choice', values: spec.formats };
  return {
    ...formatOption,
    isRequired: !spec.hasDefaultFormat,
    defaultText: spec.hasDefaultFormat ? (spec.formats[0] ?? null) : null,
    field: { ...formatOption.field, shape },
  };
}

function configuration(): string {
  const keys = Object.keys(configurationKeys);
  const honoured = keys.filter((key) => embeddedEngineHonours(key).kind === 'yes');
  return `### \`pipeline.config\`

${keys.length} configuration keys of Flink 2.3 are known with their types; a value that does not fit is an error, an unknown key a warning with the nearest one, an error under \`--strict\`.
\`drey pipeline explain FILE\` says for each key of a file who honours it. The embedded engine of this version honours:

${honoured.map((key) => `- \`${key}\``).join('\n')}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${cell(text)}\``;
