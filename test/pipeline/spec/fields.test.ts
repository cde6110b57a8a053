import { describe, expect, test } from 'vitest';
import type { FieldShape, Option, Options } from '../../../src/pipeline/spec/field.ts';
import { csvOptions, jsonOptions } from '../../../src/pipeline/spec/format-options.ts';
import { pipelineSectionField } from '../../../src/pipeline/spec/pipeline-spec.ts';
import {
  filesystemSinkOptions,
  printOptions,
  sinkOptions,
} from '../../../src/pipeline/spec/sink-spec.ts';
import {
  datagenFieldOptions,
  datagenOptions,
  filesystemSourceOptions,
  sourceOptions,
  watermarkField,
} from '../../../src/pipeline/spec/source-spec.ts';
import { testField, testStepField } from '../../../src/pipeline/spec/test-spec.ts';
import {
  emitField,
  lookupField,
  transformOptions,
  windowField,
} from '../../../src/pipeline/spec/transform-spec.ts';
import { alignmentField } from '../../../src/pipeline/spec/watermark-spec.ts';
import { loadText } from '../load-text.ts';

/** A pipeline in which every kind of map stands once; `put` adds a line to one of them. */
function pipelineWith(place: string, line: string): string {
  const at = (name: string, indent: number): string =>
    name === place ? `${' '.repeat(indent)}${line}\n` : '';
  return `pipeline:
${at('pipeline', 2)}  name: job
sources:
  j:
${at('source', 4)}${at('json', 4)}${at('filesystem source', 4)}    connector: filesystem
    path: p
    format: json
    columns: { id: INT, ts: TIMESTAMP(3) }
    watermark:
${at('watermark', 6)}      column: ts
      alignment:
${at('alignment', 8)}        group: g
        max-drift: 1s
  c:
${at('csv', 4)}    connector: filesystem
    path: p
    format: csv
    columns: { id: INT, name: STRING }
  g:
${at('datagen', 4)}    connector: datagen
    number-of-rows: 1
    columns: { x: INT }
transforms:
  look:
    from: j
    lookup:
${at('lookup', 6)}      table: c
      on: { id: id }
  t:
${at('transform', 4)}    from: look
    window:
${at('window', 6)}      type: tumble
      size: 1d
    aggregate: { c: COUNT(*) }
    emit:
${at('emit', 6)}      late: keep
sinks:
  p:
${at('sink', 4)}${at('print', 4)}    from: t
    connector: print
  f:
${at('filesystem sink', 4)}    from: g
    connector: filesystem
    path: out
    format: json
tests:
  - name: one
${at('test', 4)}    steps:
      - end: true
${at('step', 8)}`;
}

const optionsOf = (shape: FieldShape): Options => (shape.kind === 'record' ? shape.options : {});

const places: readonly (readonly [string, Options])[] = [
  ['pipeline', optionsOf(pipelineSectionField.shape)],
  ['source', sourceOptions],
  ['filesystem source', filesystemSourceOptions],
  ['json', jsonOptions],
  ['csv', csvOptions],
  ['datagen', { ...datagenOptions, ...datagenFieldOptions }],
  ['watermark', optionsOf(watermarkField.shape)],
  ['alignment', optionsOf(alignmentField.shape)],
  ['lookup', optionsOf(lookupField.shape)],
  ['transform', transformOptions],
  ['window', optionsOf(windowField.shape)],
  ['emit', optionsOf(emitField.shape)],
  ['sink', sinkOptions],
  ['print', printOptions],
  ['filesystem sink', filesystemSinkOptions],
  ['test', optionsOf(testField.shape)],
  ['step', optionsOf(testStepField.shape)],
];

const fields = places.flatMap(([place, options]) =>
  Object.entries(options).map(([name, option]) => ({
    place,
    name: name.replace('#', 'x').replace(/\*$/, 'any'),
    option,
  })),
);

async function codesOf(place: string, line: string): Promise<readonly string[]> {
  const { findings } = await loadText(pipelineWith(place, line));
  return findings.map(({ code }) => code);
}

/** Texts that do not fit a field, as they would be written. */
function wrongValues(shape: FieldShape): readonly string[] {
  switch (shape.kind) {
    case 'list':
    case 'map':
    case 'record':
      return ['word', '1', ...(shape.kind === 'list' ? ['{ a: b }'] : ['[a]'])];
    case 'variant':
      return ['word'];
    case 'any':
      return [];
    case 'scalar':
      return ['[a]', '{ a: b }', ...(WRONG_SCALARS[shape.type] ?? [])];
  }
}

const WRONG_SCALARS: Readonly<Record<string, readonly string[]>> = {
  integer: ['two', '1.5', '-1', '""', '1e3', '0x1F', '9007199254740993', 'true', '1 2'],
  number: ['two', '-1', '""', '1e9', '.nan', '.inf'],
  boolean: ['yes', 'no', 'on', '1', '""', 'null'],
  choice: ['nothing', '""', '1'],
  size: ['big', '-1kb', '""', '0', '1pb', '99mb'],
  character: ['ab', '""'],
};

test('the pipeline that the fields are put into is sound', async () => {
  expect(await codesOf('none', '')).toEqual([]);
});

test('every field is described, and its example and default are values of it', () => {
  for (const { name, option } of fields) {
    expect(option.description, name).toMatch(/\S.*\.$/s);
  }
});

describe('a field that this version cannot run is reported as such', () => {
  const later = fields.filter(({ option }) => option.since === null);
  test.each(later.map(({ place, name }) => [place, name]))('%s: %s', async (place, name) => {
    const codes = await codesOf(place, `${name}: x`);
    expect(codes).toContain('DREY_PIPELINE_NOT_SUPPORTED');
    expect(codes).not.toContain('DREY_PIPELINE_UNKNOWN_FIELD');
  });
});

/** Codes that say a value was refused where it stands. */
const REFUSED = ['DREY_PIPELINE_VALUE', 'DREY_PIPELINE_NOT_SUPPORTED'];

describe('a value that does not fit is refused at its place', () => {
  const known = fields.filter(({ option }) => option.since !== null);
  test.each(known.map(({ place, name, option }) => [place, name, option] as const))(
    '%s: %s',
    async (place, name, option: Option<unknown>) => {
      for (const value of ['', ...wrongValues(option.field.shape)]) {
        const line = `${name}: ${value}`;
        const text = pipelineWith(place, line);
        const { findings } = await loadText(text);
        // A field that the pipeline has already is a duplicate key before anything else.
        const codes = findings.map(({ code }) => code);
        if (codes.includes('DREY_YAML_DUPLICATE_KEY')) continue;
        const lineNumber =
          pipelineWith(place, 'MARK')
            .split('\n')
            .findIndex((at) => at.includes('MARK')) + 1;
        const atLine = findings.filter((finding) => finding.line === lineNumber);
        expect(
          atLine.map(({ code }) => code).some((code) => REFUSED.includes(code)),
          line,
        ).toBe(true);
      }
    },
  );
});

describe('an example is a value of its field', () => {
  const withExample = fields.filter(
    ({ option }) => option.example !== null && option.field.shape.kind === 'scalar',
  );
  test.each(withExample.map(({ place, name, option }) => [place, name, option.example ?? '']))(
    '%s: %s: %s',
    async (place, name, example) => {
      const { findings } = await loadText(pipelineWith(place, `${name}: ${example}`));
      const refused = findings.filter(
        ({ code, message }) => REFUSED.includes(code) && !message.includes('exclude'),
      );
      expect(refused.filter(({ code }) => code === 'DREY_PIPELINE_VALUE')).toEqual([]);
    },
  );
});

describe('any name and text is taken or refused, never misread', () => {
  test.each([
    'null',
    'true',
    '0123',
    'NaN',
    'undefined',
    'hasOwnProperty',
    'toString',
    'valueOf',
    "'; DROP TABLE users; --",
    '<script>alert(1)</script>',
    '../../etc/passwd',
    '%00',
    '${jndi:ldap://x}',
    '$(reboot)',
    '`id`',
    'Ω≈ç√∫˜µ≤≥÷',
    'ﷺ',
    '田中さん',
    '\u202etest',
    '\u200b',
    '\ufeff',
    '👩‍👩‍👧‍👦',
    'x'.repeat(5_000),
    'ｓｏｕｒｃｅ',
    'А',
  ])('%s', async (text) => {
    const quoted = JSON.stringify(text);
    for (const place of places.map(([name]) => name)) {
      const asName = await loadText(
        pipelineWith(place, `? ${quoted}\n  : 1`.replace('\n  ', '\n        ')),
      );
      expect(asName.plan === null || asName.findings.length === 0).toBe(true);
    }
    const asNode = await loadText(pipelineWith('none', '').replaceAll(/\blook\b/g, () => quoted));
    const isName = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/.test(text);
    expect(asNode.plan !== null, text).toBe(isName);
    const asColumn = await loadText(
      pipelineWith('none', '').replace('{ x: INT }', () => `{ ${quoted}: INT }`),
    );
    expect(asColumn.findings).toEqual([]);
    expect(asColumn.plan?.nodes.find(({ name }) => name === 'g')?.schema[0]?.name).toBe(text);
  });
});
