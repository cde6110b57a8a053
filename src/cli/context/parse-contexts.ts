/**
 * The text of the file with the contexts -> contexts. Whatever is wrong is said with its place, all
 * at once; secrets that stand in the file themselves are refused, because files get copied.
 */
import { loadDocument } from '../../document/load-document.ts';
import type { DocumentNode, MapNode } from '../../document/document-node.ts';
import type { LineIndex } from '../../document/line-index.ts';
import { InputError } from '../../errors/drey-error.ts';
import { nearestName } from '../../expression/nearest.ts';
import { normaliseBaseUrl } from '../../flink/rest/rest-target.ts';
import { parseDurationMs } from '../../pipeline/spec/duration.ts';
import type { Authentication, Context, ContextFile, SecretReference, TlsFiles } from './context.ts';

export const CONTEXT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** Throws an InputError (DREY_CONTEXT_FILE) that names every problem. */
export function parseContexts(bytes: Uint8Array, path: string): ContextFile {
  const { text, lines, root, problems } = loadDocument(bytes);
  const reader = new ContextReader(lines);
  for (const { start, message } of problems) reader.problem(start, message);
  const file = root === null ? { currentContext: null, contexts: [] } : reader.file(root);
  reader.throwProblems(path);
  return { path, text, ...file };
}

interface Problem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

class ContextReader {
  private readonly lines: LineIndex;
  private readonly problems: Problem[] = [];

  constructor(lines: LineIndex) {
    this.lines = lines;
  }

  problem(offset: number, message: string): void {
    this.problems.push({ ...this.lines.position(offset), message });
  }

  throwProblems(path: string): void {
    const [first] = this.problems;
    if (first === undefined) return;
    const rest = this.problems.length - 1;
    const more = rest === 0 ? '' : ` (and ${rest} more)`;
    const message = `${path}:${first.line}:${first.column}: ${first.message}${more}`;
    throw new InputError('DREY_CONTEXT_FILE', message, {
      details: { file: path, problems: this.problems },
    });
  }

  file(root: DocumentNode): Pick<ContextFile, 'currentContext' | 'contexts'> {
    const map = this.map(root, 'the file', ['currentContext', 'contexts']);
    if (map === null) return { currentContext: null, contexts: [] };
    const contexts = fieldOf(map, 'contexts');
    return {
      currentContext: this.text(map, 'currentContext'),
      contexts: contexts === null ? [] : this.contexts(contexts),
    };
  }

  private contexts(node: DocumentNode): readonly Context[] {
    const map = this.map(node, 'contexts', null);
    return (map?.entries ?? []).flatMap(({ key, value }) => {
      if (!CONTEXT_NAME.test(key.text)) {
        this.problem(
          key.start,
          `${JSON.stringify(key.text)} is no name of a context: letters, digits, dot, dash, underscore`,
        );
      }
      const context = this.context(key.text, value);
      return context === null ? [] : [context];
    });
  }

  private context(name: string, node: DocumentNode): Context | null {
    const map = this.map(node, name, CONTEXT_FIELDS);
    if (map === null) return null;
    const url = this.url(map, 'url');
    if (url === null) {
      if (fieldOf(map, 'url') === null) this.problem(map.start, `the context ${name} has no url`);
      return null;
    }
    return {
      name,
      url,
      gateway: this.url(map, 'gateway'),
      authentication: this.authentication(map),
      tls: this.tls(map),
      proxy: this.url(map, 'proxy'),
      headers: this.headers(map),
      isReadOnly: this.flag(map, 'readOnly'),
      timeoutMs: this.duration(map, 'timeout'),
      allowsInsecureToken: this.flag(map, 'allowInsecureToken'),
    };
  }

  private authentication(context: MapNode): Authentication {
    const node = fieldOf(context, 'auth');
    const map = node === null ? null : this.map(node, 'auth', AUTH_FIELDS);
    if (map === null) return { kind: 'none' };
    const type = this.text(map, 'type') ?? 'none';
    switch (type) {
      case 'none':
        return { kind: 'none' };
      case 'bearer': {
        const token = this.secret(map, 'token');
        return token === null ? { kind: 'none' } : { kind: 'bearer', token };
      }
      case 'basic': {
        const password = this.secret(map, 'password');
        const user = this.required(map, 'user');
        return password === null ? { kind: 'none' } : { kind: 'basic', user, password };
      }
      case 'header': {
        const value = this.secret(map, 'value');
        const name = this.required(map, 'name');
        if (!HEADER_NAME.test(name))
          this.problem(map.start, `${JSON.stringify(name)} is no name of a header`);
        return value === null ? { kind: 'none' } : { kind: 'header', name, value };
      }
      default:
        this.problem(
          map.start,
          `auth has the type ${type}; there are none, bearer, basic and header`,
        );
        return { kind: 'none' };
    }
  }

  /** `{env: NAME}`, `{file: PATH}` or `{command: [PROGRAM, ...]}`. */
  private secret(map: MapNode, name: string): SecretReference | null {
    const node = fieldOf(map, name);
    if (node === null) {
      this.problem(
        map.start,
        `auth needs ${name}: {env: NAME}, {file: PATH} or {command: [PROGRAM]}`,
      );
      return null;
    }
    if (node.kind === 'scalar') {
      this.problem(
        node.start,
        `${name} stands in the file itself; refer to it by {env: NAME}, {file: PATH} or {command: [PROGRAM]}`,
      );
      return null;
    }
    const reference = this.map(node, name, ['env', 'file', 'command']);
    const [entry] = reference?.entries ?? [];
    if (reference === null || entry === undefined || reference.entries.length > 1) {
      this.problem(node.start, `${name} is one of {env: NAME}, {file: PATH}, {command: [PROGRAM]}`);
      return null;
    }
    if (entry.key.text === 'command') return this.command(entry.value);
    const text = this.scalar(entry.value, entry.key.text) ?? '';
    return entry.key.text === 'env' ? { kind: 'env', name: text } : { kind: 'file', path: text };
  }

  private command(node: DocumentNode): SecretReference | null {
    const items = node.kind === 'list' ? node.items : [];
    const words = items.map((item) => this.scalar(item, 'command') ?? '');
    const [program, ...args] = words;
    if (program === undefined || program === '') {
      this.problem(node.start, 'command is a list: the program and its arguments');
      return null;
    }
    return { kind: 'command', words: [program, ...args] };
  }

  private tls(context: MapNode): TlsFiles {
    const node = fieldOf(context, 'tls');
    const map =
      node === null
        ? null
        : this.map(node, 'tls', ['authorities', 'certificate', 'key', 'insecure']);
    const none = { authorities: null, certificate: null, key: null, isInsecure: false };
    if (map === null) return none;
    const certificate = this.text(map, 'certificate');
    const key = this.text(map, 'key');
    if ((certificate === null) !== (key === null)) {
      this.problem(map.start, 'tls needs certificate and key together');
    }
    return {
      authorities: this.text(map, 'authorities'),
      certificate,
      key,
      isInsecure: this.flag(map, 'insecure'),
    };
  }

  private headers(context: MapNode): Readonly<Record<string, string>> {
    const node = fieldOf(context, 'headers');
    const map = node === null ? null : this.map(node, 'headers', null);
    const entries = (map?.entries ?? []).map(({ key, value }) => {
      if (!HEADER_NAME.test(key.text))
        this.problem(key.start, `${JSON.stringify(key.text)} is no name of a header`);
      if (/^(authorization|proxy-authorization|cookie)$/i.test(key.text)) {
        this.problem(key.start, `the header ${key.text} is a secret; use auth with a reference`);
      }
      return [key.text.toLowerCase(), this.scalar(value, key.text) ?? ''] as const;
    });
    return Object.fromEntries(entries);
  }

  private url(map: MapNode, name: string): string | null {
    const node = fieldOf(map, name);
    const text = this.text(map, name);
    if (node === null || text === null) return null;
    const problem = urlProblem(text);
    if (problem === null) return normaliseBaseUrl(text);
    this.problem(node.start, `${name} ${problem}`);
    return null;
  }

  private duration(map: MapNode, name: string): number | null {
    const node = fieldOf(map, name);
    const text = this.text(map, name);
    if (node === null || text === null) return null;
    const durationMs = parseDurationMs(text);
    if (typeof durationMs === 'number') return durationMs;
    this.problem(node.start, `${name} is ${JSON.stringify(text)}: ${durationMs.mismatch}`);
    return null;
  }

  private flag(map: MapNode, name: string): boolean {
    const node = fieldOf(map, name);
    const text = this.text(map, name);
    if (node !== null && text !== null && text !== 'true' && text !== 'false') {
      this.problem(node.start, `${name} is true or false, not ${JSON.stringify(text)}`);
    }
    return text === 'true';
  }

  private required(map: MapNode, name: string): string {
    const text = this.text(map, name);
    if (text === null) this.problem(map.start, `auth needs ${name}`);
    return text ?? '';
  }

  private text(map: MapNode, name: string): string | null {
    const node = fieldOf(map, name);
    return node === null ? null : this.scalar(node, name);
  }

  private scalar(node: DocumentNode, name: string): string | null {
    if (node.kind === 'scalar') return node.style === 'absent' ? null : node.text;
    this.problem(node.start, `${name} is a ${node.kind} and not a text`);
    return null;
  }

  /** `fields`: the keys that are known; null: any. */
  private map(node: DocumentNode, name: string, fields: readonly string[] | null): MapNode | null {
    if (node.kind !== 'map') {
      this.problem(node.start, `${name} is a ${node.kind} and not a map`);
      return null;
    }
    for (const { key } of node.entries) {
      if (fields === null || fields.includes(key.text)) continue;
      const nearest = nearestName(key.text, fields);
      const advice =
        nearest === undefined ? `there are ${fields.join(', ')}` : `did you mean ${nearest}?`;
      this.problem(key.start, `${name} has no ${JSON.stringify(key.text)}; ${advice}`);
    }
    return node;
  }
}

const CONTEXT_FIELDS = [
  'url',
  'gateway',
  'auth',
  'tls',
  'proxy',
  'headers',
  'readOnly',
  'timeout',
  'allowInsecureToken',
];
const AUTH_FIELDS = ['type', 'token', 'user', 'password', 'name', 'value'];

/** Null: it is a good base URL. */
export function urlProblem(text: string): string | null {
  if (normaliseBaseUrl(text) === null) {
    // What looks like user and password is not repeated, whatever else is wrong.
    const shown = JSON.stringify(text.replace(/\/\/.*@/, '//[hidden]@'));
    return `is ${shown} and no http or https URL`;
  }
  const { username, password, search, hash } = new URL(text);
  if (username !== '' || password !== '')
    return 'holds a user or a password; use auth with a reference';
  return search === '' && hash === '' ? null : 'has a query or a fragment';
}

function fieldOf(map: MapNode, name: string): DocumentNode | null {
  return map.entries.find(({ key }) => key.text === name)?.value ?? null;
}
