/**
 * Reads the fields of a document as texts, flags, durations, addresses and paths. What does not fit
 * becomes a problem with its place, and reading goes on, so that all problems are told at once.
 * Invariant: a problem never repeats a value that may be a secret.
 */
import { dirname, join, resolve } from 'node:path';
import type { DocumentNode, MapNode } from '../../document/document-node.ts';
import type { LineIndex } from '../../document/line-index.ts';
import { InputError } from '../../errors/drey-error.ts';
import { nearestName } from '../../expression/nearest.ts';
import { normaliseBaseUrl } from '../../flink/rest/rest-target.ts';
import { parseDurationMs } from '../../pipeline/spec/duration.ts';
import { urlProblem } from './url-problem.ts';

interface Problem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What paths in the file begin at. */
export interface FilePlace {
  /** Absolute, of the file itself. */
  readonly path: string;
  /** What `~/` stands for; null: not known. */
  readonly home: string | null;
}

export class FieldReader {
  private readonly lines: LineIndex;
  private readonly place: FilePlace;
  private readonly problems: Problem[] = [];

  constructor(lines: LineIndex, place: FilePlace) {
    this.lines = lines;
    this.place = place;
  }

  problem(offset: number, message: string): void {
    this.problems.push({ ...this.lines.position(offset), message });
  }

  /** An InputError (DREY_CONTEXT_FILE) that names every problem. */
  throwProblems(): void {
    const [first] = this.problems;
    if (first === undefined) return;
    const { path } = this.place;
    const rest = this.problems.length - 1;
    const more = rest === 0 ? '' : ` (and ${rest} more)`;
    const message = `${path}:${first.line}:${first.column}: ${first.message}${more}`;
    throw new InputError('DREY_CONTEXT_FILE', message, {
      details: { file: path, problems: this.problems },
    });
  }

  /** `fields`: the keys that are known; null: any. */
  map(node: DocumentNode, name: string, fields: readonly string[] | null): MapNode | null {
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

  /** Null: the field is not there, or has no value. */
  text(map: MapNode, name: string): string | null {
    const node = fieldOf(map, name);
    return node === null ? null : this.scalar(node, name);
  }

  required(map: MapNode, name: string, owner: string): string {
    const text = this.text(map, name);
    if (text === null) this.problem(map.start, `${owner} needs ${name}`);
    return text ?? '';
  }

  scalar(node: DocumentNode, name: string): string | null {
    if (node.kind === 'scalar') return node.style === 'absent' ? null : node.text;
    this.problem(node.start, `${name} is a ${node.kind} and not a text`);
    return null;
  }

  flag(map: MapNode, name: string): boolean {
    const node = fieldOf(map, name);
    const text = this.text(map, name);
    if (node !== null && text !== null && text !== 'true' && text !== 'false') {
      this.problem(node.start, `${name} is true or false, not ${JSON.stringify(text)}`);
    }
    return text === 'true';
  }

  durationMs(map: MapNode, name: string): number | null {
    const node = fieldOf(map, name);
    const text = this.text(map, name);
    if (node === null || text === null) return null;
    const durationMs = parseDurationMs(text);
    if (typeof durationMs === 'number') return durationMs;
    this.problem(node.start, `${name} is ${JSON.stringify(text)}: ${durationMs.mismatch}`);
    return null;
  }

  url(map: MapNode, name: string): string | null {
    const node = fieldOf(map, name);
    const text = this.text(map, name);
    return node === null || text === null ? null : this.urlOf(node, text, name);
  }

  urlOf(node: DocumentNode, text: string, name: string): string | null {
    const problem = urlProblem(text);
    if (problem === null) return normaliseBaseUrl(text);
    this.problem(node.start, `${name} ${problem}`);
    return null;
  }

  /** Absolute: a path in the file begins at the folder of the file. */
  path(map: MapNode, name: string): string | null {
    const node = fieldOf(map, name);
    const text = this.text(map, name);
    return node === null || text === null ? null : this.pathOf(node, text, name);
  }

  pathOf(node: DocumentNode, text: string, name: string): string {
    if (text === '' || text.includes('\n') || text.startsWith('-----BEGIN')) {
      this.problem(
        node.start,
        `${name} is the path of a file, and not what is in it: files like this one get copied`,
      );
      return '';
    }
    const { path, home } = this.place;
    if (text.startsWith('~/') && home !== null) return join(home, text.slice(2));
    return resolve(dirname(path), text);
  }
}

export function fieldOf(map: MapNode, name: string): DocumentNode | null {
  return map.entries.find(({ key }) => key.text === name)?.value ?? null;
}
