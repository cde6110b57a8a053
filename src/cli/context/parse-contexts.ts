/**
 * The text of the file with the contexts -> contexts. Whatever is wrong is said with its place, all
 * at once.
 */
import { loadDocument } from '../../document/load-document.ts';
import type { DocumentNode, MapNode } from '../../document/document-node.ts';
import type {
  Authentication,
  Context,
  ContextFile,
  Proxy,
  SecretReference,
  TlsFiles,
} from './context.ts';
import { FieldReader, fieldOf } from './field-reader.ts';
import { HEADER_NAME, readAuthentication, readReference } from './parse-authentication.ts';

export const CONTEXT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export const CONTEXT_FIELDS = [
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
export const TLS_FIELDS = ['authorities', 'certificate', 'key', 'passphrase', 'insecure'];

/**
 * `path`: absolute, of the file; `home`: what `~/` stands for. Throws an InputError
 * (DREY_CONTEXT_FILE) that names every problem.
 */
export function parseContexts(
  bytes: Uint8Array,
  path: string,
  home: string | null = null,
): ContextFile {
  const { text, lines, root, problems } = loadDocument(bytes);
  const reader = new FieldReader(lines, { path, home });
  for (const { start, message } of problems) reader.problem(start, message);
  const file = root === null ? { currentContext: null, contexts: [] } : readFile(reader, root);
  reader.throwProblems();
  return { path, text, ...file };
}

function readFile(
  reader: FieldReader,
  root: DocumentNode,
): Pick<ContextFile, 'currentContext' | 'contexts'> {
  const map = reader.map(root, 'the file', ['currentContext', 'contexts']);
  if (map === null) return { currentContext: null, contexts: [] };
  const contexts = fieldOf(map, 'contexts');
  return {
    currentContext: reader.text(map, 'currentContext'),
    contexts: contexts === null ? [] : readContexts(reader, contexts),
  };
}

function readContexts(reader: FieldReader, node: DocumentNode): readonly Context[] {
  // Empty, as `contexts:` without anything below it.
  if (node.kind === 'scalar' && node.style === 'absent') return [];
  const map = reader.map(node, 'contexts', null);
  return (map?.entries ?? []).flatMap(({ key, value }) => {
    if (!CONTEXT_NAME.test(key.text)) {
      reader.problem(
        key.start,
        `${JSON.stringify(key.text)} is no name of a context: letters, digits, dot, dash, underscore`,
      );
    }
    const context = readContext(reader, key.text, value);
    return context === null ? [] : [context];
  });
}

function readContext(reader: FieldReader, name: string, node: DocumentNode): Context | null {
  const map = reader.map(node, name, CONTEXT_FIELDS);
  if (map === null) return null;
  const url = reader.url(map, 'url');
  if (fieldOf(map, 'url') === null) reader.problem(map.start, `the context ${name} has no url`);
  const gateway = readGateway(reader, map);
  const headers = readHeaders(reader, map);
  const context = {
    name,
    gateway: gateway.url,
    authentication: readAuthentication(reader, map),
    gatewayAuthentication: gateway.authentication,
    tls: readTls(reader, map),
    proxy: readProxy(reader, map),
    headers: Object.fromEntries(headers.plain),
    secretHeaders: Object.fromEntries(headers.secret),
    isReadOnly: reader.flag(map, 'readOnly'),
    timeoutMs: reader.durationMs(map, 'timeout'),
    allowsInsecureToken: reader.flag(map, 'allowInsecureToken'),
  };
  return url === null ? null : { ...context, url };
}

/** An address, or `{url, auth}` where it has credentials of its own. */
function readGateway(
  reader: FieldReader,
  context: MapNode,
): { readonly url: string | null; readonly authentication: Authentication | null } {
  const node = fieldOf(context, 'gateway');
  if (node?.kind !== 'map') return { url: reader.url(context, 'gateway'), authentication: null };
  reader.map(node, 'gateway', ['url', 'auth']);
  reader.required(node, 'url', 'gateway');
  return {
    url: reader.url(node, 'url'),
    authentication: fieldOf(node, 'auth') === null ? null : readAuthentication(reader, node),
  };
}

/** An address, or `{url, user, password}`. */
function readProxy(reader: FieldReader, context: MapNode): Proxy | null {
  const node = fieldOf(context, 'proxy');
  if (node?.kind !== 'map') {
    const url = reader.url(context, 'proxy');
    return url === null ? null : { url, login: null };
  }
  reader.map(node, 'proxy', ['url', 'user', 'password']);
  reader.required(node, 'url', 'proxy');
  const url = reader.url(node, 'url');
  const passwordNode = fieldOf(node, 'password');
  const password = passwordNode === null ? null : readReference(reader, passwordNode, 'password');
  const user = reader.text(node, 'user');
  if ((user === null) !== (passwordNode === null)) {
    reader.problem(node.start, 'proxy needs user and password together');
  }
  if (url === null) return null;
  return { url, login: user === null || password === null ? null : { user, password } };
}

function readTls(reader: FieldReader, context: MapNode): TlsFiles {
  const node = fieldOf(context, 'tls');
  const map = node === null ? null : reader.map(node, 'tls', TLS_FIELDS);
  if (map === null) {
    return { authorities: null, certificate: null, key: null, passphrase: null, isInsecure: false };
  }
  const certificate = reader.path(map, 'certificate');
  const key = reader.path(map, 'key');
  const passphrase = fieldOf(map, 'passphrase');
  if ((certificate === null) !== (key === null)) {
    reader.problem(map.start, 'tls needs certificate and key together');
  }
  return {
    authorities: reader.path(map, 'authorities'),
    certificate,
    key,
    passphrase: passphrase === null ? null : readReference(reader, passphrase, 'passphrase'),
    isInsecure: reader.flag(map, 'insecure'),
  };
}

interface Headers {
  readonly plain: readonly (readonly [string, string])[];
  readonly secret: readonly (readonly [string, SecretReference])[];
}

/** Texts, and references for those that are secret. */
function readHeaders(reader: FieldReader, context: MapNode): Headers {
  const node = fieldOf(context, 'headers');
  const map = node === null ? null : reader.map(node, 'headers', null);
  const plain: (readonly [string, string])[] = [];
  const secret: (readonly [string, SecretReference])[] = [];
  for (const { key, value } of map?.entries ?? []) {
    const name = key.text.toLowerCase();
    if (!HEADER_NAME.test(name)) {
      reader.problem(key.start, `${JSON.stringify(key.text)} is no name of a header`);
    } else if (OWN_HEADER.test(name)) {
      reader.problem(key.start, `the header ${key.text} is set by drey itself`);
    } else if (value.kind === 'map') {
      const reference = readReference(reader, value, key.text);
      if (reference !== null) secret.push([name, reference]);
    } else if (SECRET_HEADER.test(name)) {
      reader.problem(
        key.start,
        `the header ${key.text} is a secret; write {env: NAME}, {file: PATH} or {command: [PROGRAM]} behind it`,
      );
    } else {
      const text = reader.scalar(value, key.text) ?? '';
      if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) {
        reader.problem(value.start, `${key.text} holds characters that a header cannot have`);
      }
      plain.push([name, text]);
    }
  }
  return { plain, secret };
}

/** Part of the protocol, or of what is asked. */
const OWN_HEADER =
  /^(accept|accept-encoding|connection|content-\S+|expect|host|keep-alive|proxy-\S+|te|trailer|transfer-encoding|upgrade)$/;
const SECRET_HEADER =
  /authorization|cookie|token|secret|passw|credential|api-?key|access-?key|signature/;
