/**
 * Who we are, as the file with the contexts has it. A secret that stands in the file itself is
 * refused, because such files get copied and shared.
 */
import type { DocumentNode, MapNode } from '../../document/document-node.ts';
import type { Authentication, SecretReference } from './context.ts';
import { fieldOf, type FieldReader } from './field-reader.ts';

export const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
export const AUTHENTICATION_TYPES = ['none', 'bearer', 'basic', 'header'] as const;
export const REFERENCE_FORMS = '{env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}';

const VARIABLE_NAME = /^[A-Za-z_]\w{0,127}$/;
const NONE: Authentication = { kind: 'none' };
/** By type, besides `type`. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  none: [],
  bearer: ['token'],
  basic: ['user', 'password'],
  header: ['name', 'value'],
};

/** `map`: has the field `auth` or not. */
export function readAuthentication(reader: FieldReader, map: MapNode): Authentication {
  const node = fieldOf(map, 'auth');
  if (node === null) return NONE;
  const type = node.kind === 'map' ? (reader.text(node, 'type') ?? '') : '';
  const auth = reader.map(node, 'auth', [
    'type',
    ...(FIELDS[type] ?? Object.values(FIELDS).flat()),
  ]);
  if (auth === null) return NONE;
  switch (type) {
    case 'none':
      return NONE;
    case 'bearer': {
      const token = requiredSecret(reader, auth, 'token');
      return token === null ? NONE : { kind: 'bearer', token };
    }
    case 'basic': {
      const password = requiredSecret(reader, auth, 'password');
      const user = reader.required(auth, 'user', 'auth');
      if (user.includes(':')) reader.problem(auth.start, 'user cannot hold a colon');
      return password === null ? NONE : { kind: 'basic', user, password };
    }
    case 'header': {
      const value = requiredSecret(reader, auth, 'value');
      const name = reader.required(auth, 'name', 'auth');
      if (name !== '' && !HEADER_NAME.test(name)) {
        reader.problem(auth.start, 'name is no name of a header');
      }
      return value === null ? NONE : { kind: 'header', name, value };
    }
    default: {
      const said = /^[a-z-]{1,20}$/i.test(type) ? `the type ${type}` : 'no known type';
      reader.problem(auth.start, `auth has ${said}; there are ${AUTHENTICATION_TYPES.join(', ')}`);
      return NONE;
    }
  }
}

function requiredSecret(reader: FieldReader, map: MapNode, name: string): SecretReference | null {
  const node = fieldOf(map, name);
  if (node !== null) return readReference(reader, node, name);
  reader.problem(map.start, `auth needs ${name}: ${REFERENCE_FORMS}`);
  return null;
}

export function readReference(
  reader: FieldReader,
  node: DocumentNode,
  name: string,
): SecretReference | null {
  if (node.kind === 'scalar') {
    reader.problem(
      node.start,
      `${name} stands in the file itself, and files get copied; refer to it by ${REFERENCE_FORMS}`,
    );
    return null;
  }
  const reference = reader.map(node, name, ['env', 'file', 'command']);
  const [entry] = reference?.entries ?? [];
  if (reference === null || entry === undefined || reference.entries.length > 1) {
    reader.problem(node.start, `${name} is one of ${REFERENCE_FORMS}`);
    return null;
  }
  if (entry.key.text === 'command') return readCommand(reader, entry.value);
  const text = reader.scalar(entry.value, entry.key.text) ?? '';
  if (entry.key.text === 'file') {
    return { kind: 'file', path: reader.pathOf(entry.value, text, 'file') };
  }
  if (!VARIABLE_NAME.test(text)) {
    // Not repeated: it may be the secret.
    reader.problem(entry.value.start, 'env is the name of a variable, and not what it holds');
  }
  return { kind: 'env', name: text };
}

function readCommand(reader: FieldReader, node: DocumentNode): SecretReference | null {
  const items = node.kind === 'list' ? node.items : [];
  const words = items.map((item) => reader.scalar(item, 'command') ?? '');
  const [program, ...args] = words;
  if (program === undefined || program === '') {
    reader.problem(node.start, 'command is a list: the program and its arguments');
    return null;
  }
  return { kind: 'command', words: [program, ...args] };
}
