/**
 * `${NAME}`, `${NAME:-default}`, `${file:PATH}` and `$${` in scalars. Parameters go before the
 * environment. What is put in is text: it is never read as YAML and holds no `${...}` of its own.
 */
import type { ScalarNode } from '../../document/document-node.ts';
import type { FieldText, TextOrigin, TextSegment } from '../spec/field.ts';

export interface VariableSources {
  readonly parameters: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Content by the path as written in `${file:PATH}`; an Error when it could not be read. */
  readonly secrets: ReadonlyMap<string, string | Error>;
}

/** What is wrong, with the range in the scalar's text. */
export interface SubstitutionProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly hint?: string;
}

export type Substitution =
  | { readonly kind: 'text'; readonly text: FieldText }
  | { readonly kind: 'refused'; readonly problems: readonly SubstitutionProblem[] };

const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const FILE_PREFIX = 'file:';
const DEFAULT_MARK = ':-';
/** Names whose values are never shown. */
const SECRET_NAME = /pass|secret|token|credential|private|api_?key|access_?key/i;

/** Problems of one value; finding the place of each costs time. */
const PROBLEMS_MAX = 10;

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

/** Paths of all `${file:PATH}` in a text. */
export function secretPaths(text: string): readonly string[] {
  const paths: string[] = [];
  for (const match of text.matchAll(REFERENCE)) {
    const inside = match[1];
    if (inside?.startsWith(FILE_PREFIX) === true) paths.push(inside.slice(FILE_PREFIX.length));
  }
  return paths;
}

export function substitute(node: ScalarNode, sources: VariableSources): Substitution {
  const build = new TextBuild(node);
  const problems: SubstitutionProblem[] = [];
  for (const match of node.text.matchAll(REFERENCE)) {
    const start = match.index;
    const end = start + match[0].length;
    build.copyTo(start);
    if (match[0] === '$${') {
      build.append('${', end, 'file');
      continue;
    }
    const found = match[2] === '}' ? lookUp(match[1] ?? '', sources) : UNCLOSED;
    if ('message' in found) {
      problems.push({ start, end, ...found });
      if (problems.length === PROBLEMS_MAX) break;
    } else build.append(found.value, end, found.origin);
  }
  build.copyTo(node.text.length);
  return problems.length > 0
    ? { kind: 'refused', problems }
    : { kind: 'text', text: build.finish() };
}

interface Found {
  readonly value: string;
  readonly origin: TextOrigin;
}
interface NotFound {
  readonly message: string;
  readonly hint?: string;
}

const UNCLOSED: NotFound = {
  message: 'A ${ without its }.',
  hint: 'Write $${ for a literal ${.',
};

function lookUp(inside: string, sources: VariableSources): Found | NotFound {
  if (inside.startsWith(FILE_PREFIX)) return secretFile(inside.slice(FILE_PREFIX.length), sources);
  const mark = inside.indexOf(DEFAULT_MARK);
  const name = mark < 0 ? inside : inside.slice(0, mark);
  if (!NAME.test(name)) {
    return {
      message: `"${name.slice(0, 60)}" is no name of a parameter.`,
      hint: 'Write $${ for a literal ${.',
    };
  }
  const isSecret = isSecretName(name);
  const parameter = sources.parameters.get(name);
  const environment = Object.hasOwn(sources.environment, name)
    ? sources.environment[name]
    : undefined;
  const value = parameter ?? environment;
  // As in a shell, :- also replaces an empty value.
  if (value === undefined || (value === '' && mark >= 0)) {
    if (mark >= 0) return { value: inside.slice(mark + DEFAULT_MARK.length), origin: 'file' };
    return {
      message: `\${${name}} is not set.`,
      hint: `Pass --param ${name}=VALUE, set it in the environment, or write \${${name}:-default}.`,
    };
  }
  if (isSecret) return { value, origin: 'secret' };
  return { value, origin: parameter === undefined ? 'environment' : 'parameter' };
}

function secretFile(path: string, sources: VariableSources): Found | NotFound {
  const content = sources.secrets.get(path);
  if (content instanceof Error) return { message: `${path} cannot be read: ${content.message}` };
  if (content === undefined) return { message: `${path} cannot be read.` };
  return { value: content.replace(/\r?\n$/, ''), origin: 'secret' };
}

class TextBuild {
  readonly #node: ScalarNode;
  readonly #segments: TextSegment[] = [];
  #text = '';
  #copied = 0;

  constructor(node: ScalarNode) {
    this.#node = node;
  }

  copyTo(scalarEnd: number): void {
    if (scalarEnd > this.#copied) {
      this.append(this.#node.text.slice(this.#copied, scalarEnd), scalarEnd, 'file');
    }
  }

  append(value: string, scalarEnd: number, origin: TextOrigin): void {
    const start = this.#text.length;
    this.#text += value;
    this.#segments.push({
      start,
      end: this.#text.length,
      scalarStart: this.#copied,
      scalarEnd,
      origin,
    });
    this.#copied = scalarEnd;
  }

  finish(): FieldText {
    return { text: this.#text, node: this.#node, segments: this.#segments };
  }
}
