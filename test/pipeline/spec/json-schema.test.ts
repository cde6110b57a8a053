import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { pipelineJsonSchema } from '../../../src/pipeline/spec/json-schema.ts';
import { pipelineReferencePage } from '../../../src/pipeline/spec/reference-page.ts';

test('every reference in the schema leads to a definition', () => {
  const text = JSON.stringify(pipelineJsonSchema());
  const { definitions } = JSON.parse(text) as { readonly definitions: Record<string, unknown> };
  const names = [...text.matchAll(/"#\/definitions\/(\w+)"/g)].map((match) => match[1]);
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) expect(Object.keys(definitions)).toContain(name);
});

test('every pattern in the schema is a regular expression', () => {
  const text = JSON.stringify(pipelineJsonSchema());
  for (const match of text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)) {
    expect(() => new RegExp(JSON.parse(match[1] ?? '""') as string, 'u')).not.toThrow();
  }
});

test('the written schema and page are those of the specs', () => {
  const schema = JSON.stringify(pipelineJsonSchema(), null, 2);
  expect(JSON.parse(readFileSync('schema/pipeline.schema.json', 'utf8'))).toEqual(
    JSON.parse(schema),
  );
  expect(readFileSync('docs/reference/pipeline.md', 'utf8')).toBe(pipelineReferencePage());
});
