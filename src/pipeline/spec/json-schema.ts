/**
 * The JSON Schema of pipeline files, for editors: made from the field specs. Draft 7, because that
 * is what the YAML language server checks whole. It accepts all that drey accepts, so a `${...}`
 * may stand for any single value; what only SQL or the graph can tell is left to drey.
 */
import { configurationKeys } from './configuration/configuration.ts';
import type { ConfigurationType } from './configuration/configuration-type.ts';
import type { FieldShape, Option, Options, ScalarShape } from './field.ts';
import { csvOptions, jsonOptions } from './format-options.ts';
import { topLevelOptions } from './pipeline-spec.ts';
import { formatOption, sinkConnectors, sinkOptions } from './sink-spec.ts';
import { NODE_NAME, sourceConnectors, sourceOptions, type ConnectorSpec } from './source-spec.ts';
import { transformOptions } from './transform-spec.ts';

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export function pipelineJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'drey pipeline',
    description: 'A streaming job of drey: sources, transforms, sinks, tests.',
    ...recordSchema(topLevelOptions, {
      pipeline: pipelineSchema(),
      sources: nodesSchema('source'),
      transforms: nodesSchema('transform'),
      sinks: nodesSchema('sink'),
    }),
    definitions: {
      substituted: {
        description: '${NAME}, ${NAME:-default} or ${file:PATH}',
        type: 'string',
        pattern: '\\$\\{',
      },
      source: nodeSchema(sourceOptions, sourceConnectors),
      transform: recordSchema(transformOptions),
      sink: nodeSchema(sinkOptions, sinkConnectors),
      ...CONFIGURATION_DEFINITIONS,
    },
  };
}

const SUBSTITUTED: JsonSchema = { $ref: '#/definitions/substituted' };
const SINGLE_VALUE = ['string', 'number', 'boolean'];

/** `replaced` holds schemas of fields that another spec describes more closely. */
function recordSchema(
  options: Options,
  replaced: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const entries = Object.entries(options);
  const named = entries.filter(([name]) => !isPattern(name));
  const patterns = entries.filter(([name]) => isPattern(name));
  const required = named.filter(([, option]) => option.isRequired).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      named.map(([name, option]) => [name, optionSchema(option, replaced[name])]),
    ),
    ...(patterns.length > 0 && {
      patternProperties: Object.fromEntries(
        patterns.map(([name, option]) => [patternOf(name), optionSchema(option)]),
      ),
    }),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function optionSchema(option: Option<unknown>, replaced?: JsonSchema): JsonSchema {
  if (option.since === null) {
    const description = `Not supported by this version of drey. ${option.description}`;
    return { not: {}, description, doNotSuggest: true };
  }
  const { shape } = option.field;
  return {
    description: option.description,
    ...(replaced ?? shapeSchema(shape)),
    ...(option.defaultText !== null && { default: jsonValue(option.defaultText, shape) }),
    ...(option.example !== null &&
      shape.kind === 'scalar' && { examples: [jsonValue(option.example, shape)] }),
  };
}

function shapeSchema(shape: FieldShape): JsonSchema {
  switch (shape.kind) {
    case 'scalar':
      return scalarSchema(shape);
    case 'list': {
      const minItems = shape.itemsMin > 0 ? { minItems: shape.itemsMin } : {};
      return { type: 'array', items: shapeSchema(shape.item), ...minItems };
    }
    case 'map':
      return {
        type: 'object',
        additionalProperties: shapeSchema(shape.value),
        ...(shape.keyPattern !== null && { propertyNames: { pattern: shape.keyPattern.source } }),
      };
    case 'record':
      return recordSchema(shape.options);
    case 'variant':
      return { anyOf: shape.alternatives.map(shapeSchema) };
    case 'any':
      return {};
  }
}

function scalarSchema(shape: ScalarShape): JsonSchema {
  switch (shape.type) {
    case 'integer':
    case 'number':
      return orSubstituted({
        type: shape.type,
        ...(shape.min !== undefined && { minimum: shape.min }),
        ...(shape.max !== undefined &&
          shape.max < Number.MAX_SAFE_INTEGER && { maximum: shape.max }),
      });
    case 'boolean':
      return orSubstituted({ type: 'boolean' });
    case 'choice':
      return orSubstituted({ enum: shape.values ?? [] });
    case 'duration':
      return orSubstituted({ type: ['string', 'integer'], pattern: DURATION_PATTERN });
    case 'size':
      return orSubstituted({ type: ['string', 'integer'], pattern: SIZE_PATTERN });
    default:
      // YAML may take 0123 or true for something else; drey reads the text as it is written.
      return { type: SINGLE_VALUE };
  }
}

const DURATION_PATTERN = '^[+-]?\\s*\\d+\\s*[A-Za-z\\u00b5\\u03bc]*\\s*$|^[Pp]';
const SIZE_PATTERN = '^\\s*\\d+\\s*[A-Za-z]*\\s*$';

function orSubstituted(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, SUBSTITUTED] };
}

function nodesSchema(kind: string): JsonSchema {
  return {
    type: 'object',
    propertyNames: { pattern: NODE_NAME.source },
    additionalProperties: { $ref: `#/definitions/${kind}` },
  };
}

/** All fields that any connector has, narrowed for each connector by if and then. */
function nodeSchema(
  common: Options,
  connectors: Readonly<Record<string, ConnectorSpec>>,
): JsonSchema {
  const all: Record<string, Option<unknown>> = {};
  for (const spec of Object.values(connectors)) Object.assign(all, optionalOnly(fieldsOf(spec)));
  const connector = common['connector'];
  const named: JsonSchema = {
    description: connector?.description,
    anyOf: [{ enum: Object.keys(connectors) }, SUBSTITUTED],
  };
  return {
    ...recordSchema({ ...all, ...common }, { connector: named }),
    allOf: Object.entries(connectors).map(([name, spec]) => ({
      if: { properties: { connector: { const: name } }, required: ['connector'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: connectorSchema(common, spec),
    })),
  };
}

function connectorSchema(common: Options, spec: ConnectorSpec): JsonSchema {
  const fields = fieldsOf(spec);
  const { required } = recordSchema(fields);
  const names = [...Object.keys(common), ...Object.keys(fields)];
  const patterns = names.filter(isPattern).map((name) => ({ pattern: patternOf(name) }));
  const exact = { enum: names.filter((name) => !isPattern(name)) };
  const { format } = fields;
  return {
    // The other fields mean the same for every connector.
    ...(format !== undefined && { properties: { format: optionSchema(format) } }),
    ...(required !== undefined && { required }),
    propertyNames: patterns.length === 0 ? exact : { anyOf: [exact, ...patterns] },
  };
}

function fieldsOf(spec: ConnectorSpec): Options {
  if (spec.formats.length === 0) return { ...spec.options, ...spec.patterns };
  const values = spec.formats;
  const format: Option<unknown> = {
    ...formatOption,
    isRequired: !spec.hasDefaultFormat,
    field: { ...formatOption.field, shape: { kind: 'scalar', type: 'choice', values } },
  };
  return { ...spec.options, ...spec.patterns, format, ...jsonOptions, ...csvOptions };
}

function optionalOnly(options: Options): Options {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, { ...option, isRequired: false }]),
  );
}

function pipelineSchema(): JsonSchema {
  const { shape } = topLevelOptions.pipeline.field;
  if (shape.kind !== 'record') return {};
  const config: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(configurationKeys).map(([key, type]) => [key, configurationSchema(type)]),
    ),
    additionalProperties: { type: SINGLE_VALUE },
  };
  return recordSchema(shape.options, { config });
}

function configurationSchema(type: ConfigurationType): JsonSchema {
  if (typeof type !== 'string') return { type: SINGLE_VALUE, examples: type };
  switch (type) {
    case 'boolean':
      return { $ref: '#/definitions/configurationBoolean' };
    case 'integer':
    case 'long':
    case 'decimal':
      return { $ref: '#/definitions/configurationNumber' };
    case 'duration':
    case 'size':
    case 'text':
    case 'list':
    case 'map':
      return { $ref: '#/definitions/configurationText' };
  }
}

const CONFIGURATION_DEFINITIONS = {
  configurationBoolean: orSubstituted({ type: 'boolean' }),
  configurationNumber: orSubstituted({ type: 'number' }),
  configurationText: { type: SINGLE_VALUE },
};

const isPattern = (name: string): boolean => name.includes('#') || name.endsWith('*');

function patternOf(name: string): string {
  const escaped = name.replaceAll(/[.\\+?^$|()[\]{}]/g, '\\$&');
  return `^${escaped.replace('#', '.+').replace(/\*$/, '.+')}$`;
}

function jsonValue(text: string, shape: FieldShape): unknown {
  if (shape.kind !== 'scalar') return text;
  const isNumber = shape.type === 'integer' || shape.type === 'number';
  if (isNumber || shape.type === 'boolean') return JSON.parse(text) as unknown;
  return text.replace(/^"(.*)"$/, '$1');
}
