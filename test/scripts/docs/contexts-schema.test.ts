import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contextsJsonSchema } from '../../../scripts/docs/contexts-schema.ts';
import { AUTHENTICATION_TYPES } from '../../../src/cli/context/parse-authentication.ts';
import {
  CONTEXT_FIELDS,
  CONTEXT_NAME,
  parseContexts,
  TLS_FIELDS,
} from '../../../src/cli/context/parse-contexts.ts';

interface Schema {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly oneOf: readonly Schema[];
  readonly const: string;
  readonly propertyNames: { readonly pattern: string };
}

const schema = contextsJsonSchema() as unknown as Schema;

test('the schema has the fields that are read', () => {
  const { context, auth } = schema.definitions;
  expect(Object.keys(context?.properties ?? {})).toEqual(CONTEXT_FIELDS);
  expect(Object.keys(context?.properties['tls']?.properties ?? {})).toEqual(TLS_FIELDS);
  expect(auth?.oneOf.map(({ properties }) => properties['type']?.const)).toEqual([
    ...AUTHENTICATION_TYPES,
  ]);
  expect(schema.properties['contexts']?.propertyNames.pattern).toBe(CONTEXT_NAME.source);
});

test('every reference in the schema leads to a definition', () => {
  const names = [...JSON.stringify(schema).matchAll(/"#\/definitions\/(\w+)"/g)];
  expect(names.length).toBeGreaterThan(5);
  for (const [, name] of names) expect(Object.keys(schema.definitions)).toContain(name);
});

test('the written schema is this one', () => {
  const written: unknown = JSON.parse(readFileSync('schema/contexts.schema.json', 'utf8'));
  expect(written).toEqual(contextsJsonSchema());
});

test('the page shows every field, in files that can be read', () => {
  const page = readFileSync('docs/reference/contexts.md', 'utf8');
  const examples = [...page.matchAll(/```yaml\n(contexts:|currentContext:)([\s\S]*?)```/g)];
  expect(examples.length).toBeGreaterThan(0);
  for (const [, first = '', rest = ''] of examples) {
    const bytes = new TextEncoder().encode(first + rest);
    const { contexts } = parseContexts(bytes, '/etc/drey/config.yaml', '/users/me');
    expect(contexts.length).toBeGreaterThan(0);
  }
  for (const field of [...CONTEXT_FIELDS, ...TLS_FIELDS]) expect(page).toContain(field);
});
