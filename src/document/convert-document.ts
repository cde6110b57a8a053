/**
 * The library's document -> drey's. Checks on the way what the library leaves open: keys are text,
 * unique, few and harmless; aliases are few, known and not cyclic; nodes and nesting stay within
 * the limits, counting what an alias stands for at every use.
 */
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type {
  DocumentNode,
  DocumentProblem,
  ListNode,
  MapEntry,
  MapNode,
  ScalarNode,
  ScalarStyle,
} from './document-node.ts';
import { ALIASES_MAX, MAP_KEYS_MAX, NESTING_MAX, NODES_MAX } from './limits.ts';

export interface ConvertedDocument {
  readonly root: DocumentNode | null;
  readonly problems: readonly DocumentProblem[];
}

export function convertDocument(document: Document, text: string): ConvertedDocument {
  const conversion = new Conversion(text);
  if (document.contents === null) return { root: null, problems: [] };
  const { node } = conversion.convert(document.contents, 0);
  return {
    root: isAbsent(node) ? null : conversion.withUnusedAnchors(node),
    problems: conversion.problems,
  };
}

/** A node with what it costs: nodes below it and maps or lists inside each other. */
interface Measured {
  readonly node: DocumentNode;
  readonly nodeCount: number;
  readonly height: number;
}

/** Names that change the prototype of a JavaScript object instead of naming a property. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const MERGE_KEY = '<<';
const PROBLEMS_MAX = 100;

const isAbsent = (node: DocumentNode): boolean => node.kind === 'scalar' && node.style === 'absent';

class Conversion {
  readonly problems: DocumentProblem[] = [];
  readonly #text: string;
  /** Anchors seen so far; null while the anchored node is being converted. */
  readonly #anchors = new Map<string, Measured | null>();
  readonly #usedAnchors = new Set<string>();
  readonly #anchoredScalars = new Map<ScalarNode, { readonly name: string; readonly at: number }>();
  #aliasCount = 0;
  #nodeCount = 0;
  #flowDepth = 0;
  #isStopped = false;

  constructor(text: string) {
    this.#text = text;
  }

  convert(source: unknown, end: number): Measured {
    if (isAlias(source)) return this.#resolveAlias(source);
    const anchor = isMap(source) || isSeq(source) || isScalar(source) ? source.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, null);
    const isFlow = (isMap(source) || isSeq(source)) && source.flow === true;
    if (isFlow) this.#flowDepth += 1;
    const measured = this.#convertNode(source, end);
    if (isFlow) this.#flowDepth -= 1;
    if (anchor !== undefined) {
      this.#anchors.set(anchor, measured);
      if (measured.node.kind === 'scalar') this.#noteAnchor(measured.node, anchor);
    }
    this.#nodeCount += 1;
    return this.#checkSize(measured);
  }

  /** Anchors on scalars that nobody refers to are text that starts with `&`, most likely. */
  withUnusedAnchors(root: DocumentNode): DocumentNode {
    if (this.#anchoredScalars.size === 0) return root;
    return this.#markUnused(root, new Map());
  }

  #convertNode(source: unknown, end: number): Measured {
    if (isMap(source)) return this.#convertMap(source);
    if (isSeq(source)) return this.#convertList(source);
    if (isScalar(source)) return leaf(this.#convertScalar(source));
    return leaf(absentScalar(end));
  }

  #convertScalar(source: Scalar): ScalarNode {
    const [start, end] = source.range ?? [0, 0];
    // The failsafe schema leaves every scalar a string; without a value it is null.
    const text = typeof source.value === 'string' ? source.value : '';
    const style = start === end ? 'absent' : (STYLES[source.type ?? 'PLAIN'] ?? 'plain');
    return {
      kind: 'scalar',
      start,
      end,
      text,
      style,
      isInFlow: this.#flowDepth > 0,
      hasTrailingComment: commentFollows(this.#text, end),
      unusedAnchorAt: null,
    };
  }

  #convertList(source: YAMLSeq): Measured {
    const [start, end] = source.range ?? [0, 0];
    const items: DocumentNode[] = [];
    const size = new SizeSum();
    for (const item of source.items) {
      if (this.#isStopped) break;
      const measured = isPair(item)
        ? this.#convertPairItem(item.key, item.value)
        : this.convert(item, end);
      items.push(measured.node);
      size.add(measured);
    }
    const node: ListNode = { kind: 'list', start, end, items, isFlow: source.flow === true };
    return size.around(node);
  }

  /** `[a: 1]` is a list of one map in YAML. */
  #convertPairItem(key: unknown, value: unknown): Measured {
    const size = new SizeSum();
    const entry = this.#convertEntry(key, value, size);
    const entries = entry === null ? [] : [entry];
    const start = entry?.key.start ?? 0;
    return size.around({
      kind: 'map',
      start,
      end: entry?.value.end ?? start,
      entries,
      isFlow: true,
    });
  }

  #convertMap(source: YAMLMap): Measured {
    const [start, end] = source.range ?? [0, 0];
    const entries: MapEntry[] = [];
    const seen = new Map<string, ScalarNode>();
    const size = new SizeSum();
    for (const pair of source.items) {
      if (this.#isStopped) break;
      const entry = this.#convertEntry(pair.key, pair.value, size);
      if (entry === null || this.#isRefusedKey(entry.key, seen)) continue;
      seen.set(entry.key.text, entry.key);
      entries.push(entry);
    }
    if (entries.length > MAP_KEYS_MAX) {
      this.#stop(`a map with ${entries.length} keys; at most ${MAP_KEYS_MAX} are allowed`, start);
    }
    const node: MapNode = { kind: 'map', start, end, entries, isFlow: source.flow === true };
    return size.around(node);
  }

  #convertEntry(keySource: unknown, valueSource: unknown, size: SizeSum): MapEntry | null {
    const key = this.convert(keySource, 0);
    const value = this.convert(valueSource, key.node.end);
    size.add(key);
    size.add(value);
    if (key.node.kind === 'scalar') return { key: key.node, value: value.node };
    this.#report('DREY_YAML_FORBIDDEN', 'A map or list cannot be a key.', key.node);
    return null;
  }

  #isRefusedKey(key: ScalarNode, seen: ReadonlyMap<string, ScalarNode>): boolean {
    if (seen.has(key.text)) {
      this.#report('DREY_YAML_DUPLICATE_KEY', `The key "${shorten(key.text)}" occurs twice.`, key);
      return true;
    }
    if (FORBIDDEN_KEYS.has(key.text)) {
      this.#report('DREY_YAML_FORBIDDEN', `"${key.text}" cannot be used as a key.`, key);
      return true;
    }
    if (key.text === MERGE_KEY && key.style === 'plain') {
      this.#report('DREY_YAML_FORBIDDEN', 'Merge keys (<<) are not used.', key);
      return true;
    }
    return false;
  }

  #resolveAlias(source: Alias): Measured {
    const [start, end] = source.range ?? [0, 0];
    this.#aliasCount += 1;
    if (this.#aliasCount > ALIASES_MAX) this.#stop(`more than ${ALIASES_MAX} aliases`, start);
    const target = this.#anchors.get(source.source);
    this.#usedAnchors.add(source.source);
    if (target !== undefined && target !== null) return target;
    this.#report(
      target === null ? 'DREY_YAML_FORBIDDEN' : 'DREY_YAML_QUOTE',
      target === null
        ? `The alias *${source.source} is inside the node that it stands for.`
        : `*${source.source} is an alias in YAML, and no anchor has that name.`,
      { start, end },
    );
    return leaf(absentScalar(start));
  }

  #noteAnchor(node: ScalarNode, name: string): void {
    const before = this.#text.lastIndexOf(`&${name}`, node.start);
    this.#anchoredScalars.set(node, { name, at: before < 0 ? node.start : before });
  }

  #markUnused(node: DocumentNode, done: Map<DocumentNode, DocumentNode>): DocumentNode {
    const known = done.get(node);
    if (known !== undefined) return known;
    const marked = this.#markedCopy(node, done);
    done.set(node, marked);
    return marked;
  }

  #markedCopy(node: DocumentNode, done: Map<DocumentNode, DocumentNode>): DocumentNode {
    if (node.kind === 'list') {
      return { ...node, items: node.items.map((item) => this.#markUnused(item, done)) };
    }
    if (node.kind === 'map') {
      const entries = node.entries.map((entry) => ({
        key: entry.key,
        value: this.#markUnused(entry.value, done),
      }));
      return { ...node, entries };
    }
    const anchor = this.#anchoredScalars.get(node);
    if (anchor === undefined || this.#usedAnchors.has(anchor.name)) return node;
    return { ...node, unusedAnchorAt: anchor.at };
  }

  #checkSize(measured: Measured): Measured {
    if (this.#isStopped) return measured;
    if (measured.height > NESTING_MAX) {
      this.#stop(`maps and lists nested more than ${NESTING_MAX} deep`, measured.node.start);
    } else if (Math.max(measured.nodeCount, this.#nodeCount) > NODES_MAX) {
      this.#stop(
        `more than ${NODES_MAX} nodes, counting what aliases stand for`,
        measured.node.start,
      );
    }
    return measured;
  }

  #stop(what: string, start: number): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#report('DREY_YAML_LIMIT', `The file has ${what}.`, { start, end: start + 1 });
  }

  #report(
    code: DocumentProblem['code'],
    message: string,
    place: { readonly start: number; readonly end: number },
  ): void {
    if (this.problems.length >= PROBLEMS_MAX) return;
    const hint =
      code === 'DREY_YAML_QUOTE'
        ? { hint: 'Put the whole value in quotes, or use a | block.' }
        : {};
    // An empty key has a place and no length; a mark has at least one character.
    const end = Math.max(place.end, place.start + 1);
    this.problems.push({ code, message, start: place.start, end, ...hint });
  }
}

class SizeSum {
  #nodeCount = 0;
  #height = 0;

  add(part: Measured): void {
    this.#nodeCount += part.nodeCount;
    this.#height = Math.max(this.#height, part.height);
  }

  around(node: DocumentNode): Measured {
    return { node, nodeCount: this.#nodeCount + 1, height: this.#height + 1 };
  }
}

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single-quoted',
  QUOTE_DOUBLE: 'double-quoted',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

function commentFollows(text: string, end: number): boolean {
  let at = end;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at > end && text[at] === '#';
}

const leaf = (node: ScalarNode): Measured => ({ node, nodeCount: 1, height: 0 });

const absentScalar = (at: number): ScalarNode => ({
  kind: 'scalar',
  start: at,
  end: at,
  text: '',
  style: 'absent',
  isInFlow: false,
  hasTrailingComment: false,
  unusedAnchorAt: null,
});

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
