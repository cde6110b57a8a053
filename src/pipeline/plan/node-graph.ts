/**
 * Names to nodes: which stream each node reads, in which order nodes can be planned, and what is
 * wrong with the graph: unknown names, circles, nodes that nobody reads.
 */
import type { NodeDraft, PipelineDraft, SinkDraft, TransformDraft } from '../parse/draft.ts';
import type { FileReader } from '../parse/file-reader.ts';
import type { Located, Place } from '../spec/field.ts';
import type { StreamReference } from './stream-reference.ts';

export interface NodeGraph {
  /** A node comes after those that it reads. Nodes of a circle are left out. */
  readonly order: readonly NodeDraft[];
  /** What each transform and sink reads; null when that is not known, which was reported. */
  readonly inputs: ReadonlyMap<NodeDraft, Input | null>;
  /** What each union or join reads; null when one of its inputs is not known. */
  readonly unions: ReadonlyMap<NodeDraft, readonly Input[] | null>;
}

export interface Input {
  readonly stream: StreamReference;
  /** Where the input is named; the node's name when it follows from the order. */
  readonly place: Place;
}

const SIDE_STREAM = /^([^.]+)\.(.+)$/;

export function resolveGraph(draft: PipelineDraft, reader: FileReader): NodeGraph {
  return new GraphResolution(draft, reader).resolve();
}

class GraphResolution {
  readonly #draft: PipelineDraft;
  readonly #reader: FileReader;
  readonly #nodes = new Map<string, NodeDraft>();
  readonly #inputs = new Map<NodeDraft, Input | null>();
  readonly #unions = new Map<NodeDraft, readonly Input[] | null>();
  /** Names of sources that are lookup tables. */
  readonly #tables: ReadonlySet<string>;

  constructor(draft: PipelineDraft, reader: FileReader) {
    this.#draft = draft;
    this.#reader = reader;
    for (const node of [...draft.sources, ...draft.transforms, ...draft.sinks]) {
      if (!this.#nodes.has(node.name)) this.#nodes.set(node.name, node);
    }
    this.#tables = new Set(draft.transforms.flatMap((node) => tableOf(node)));
  }

  resolve(): NodeGraph {
    for (const [index, node] of this.#draft.transforms.entries()) {
      const names = namedInputs(node);
      if (names === null) this.#inputs.set(node, this.#inputOfTransform(node, index));
      else this.#unions.set(node, this.#inputsOfUnion(names, node.key));
    }
    for (const sink of this.#draft.sinks) this.#inputs.set(sink, this.#named(sink));
    const order = this.#order();
    this.#reportUnused();
    return { order, inputs: this.#inputs, unions: this.#unions };
  }

  #inputOfTransform(node: TransformDraft, index: number): Input | null {
    if (node.values.from !== null) return this.#named(node);
    // Operations that cannot be run yet name their inputs themselves.
    if (node.isIncomplete && index === 0) return null;
    const above = this.#draft.transforms[index - 1];
    if (above !== undefined)
      return { stream: { node: above.name, stream: 'main' }, place: node.key };
    const streams = this.#draft.sources.filter((source) => !this.#tables.has(source.name));
    const only = streams[0];
    if (only !== undefined && streams.length === 1) {
      return { stream: { node: only.name, stream: 'main' }, place: node.key };
    }
    this.#reader.report(node.key, {
      code: 'DREY_PIPELINE_MISSING_FIELD',
      message: `"${node.name}" needs the field "from": there are ${streams.length} sources it could read.`,
      ...(streams.length > 0 && {
        hint: `Sources: ${streams.map((source) => source.name).join(', ')}.`,
      }),
    });
    return null;
  }

  #inputsOfUnion(names: readonly Located<string>[], key: Place): readonly Input[] | null {
    const inputs = names.flatMap((name) => this.#resolve(name.value, name.node ?? key) ?? []);
    return inputs.length === names.length ? inputs : null;
  }

  #named(node: TransformDraft | SinkDraft): Input | null {
    const from = node.values.from;
    return from === null ? null : this.#resolve(from.value, from.node ?? node.key);
  }

  #resolve(text: string, place: Place): Input | null {
    const side = SIDE_STREAM.exec(text);
    const name = side?.[1] ?? text;
    const target = this.#nodes.get(name);
    if (target === undefined || target.kind === 'sink') {
      this.#reportUnknown(text, place, target?.kind === 'sink');
      return null;
    }
    return { stream: { node: name, stream: side?.[2] ?? 'main' }, place };
  }

  #reportUnknown(name: string, place: Place, isSink: boolean): void {
    const names = [...this.#nodes.values()]
      .filter((node) => node.kind !== 'sink')
      .map((node) => node.name);
    const near = this.#reader.nearest(name, names);
    this.#reader.report(place, {
      code: 'DREY_PIPELINE_UNKNOWN_NODE',
      message: isSink
        ? `"${name}" is a sink; nothing can read from it.`
        : `There is no source or transform "${name.slice(0, 60)}".`,
      ...(near !== undefined && { hint: `Did you mean "${near}"?` }),
    });
  }

  /** Depth first, without recursion: a chain of a thousand nodes is allowed. */
  #order(): readonly NodeDraft[] {
    const state = new Map<NodeDraft, 'open' | 'done' | 'in-circle'>();
    const order: NodeDraft[] = [];
    for (const start of this.#nodes.values()) {
      const path: NodeDraft[] = [start];
      while (path.length > 0) {
        const node = path.at(-1);
        if (node === undefined) break;
        const isSeen = state.has(node);
        if (!isSeen) state.set(node, 'open');
        const next = this.#upstream(node).find((other) => state.get(other) === undefined);
        const circle = isSeen
          ? undefined
          : this.#upstream(node).find((other) => state.get(other) === 'open');
        if (circle !== undefined) this.#reportCircle(path.slice(path.indexOf(circle)), state);
        if (next !== undefined && circle === undefined) {
          path.push(next);
          continue;
        }
        if (state.get(node) === 'open') {
          state.set(node, 'done');
          order.push(node);
        }
        path.pop();
      }
    }
    return order;
  }

  #reportCircle(
    circle: readonly NodeDraft[],
    state: Map<NodeDraft, 'open' | 'done' | 'in-circle'>,
  ): void {
    for (const node of circle) state.set(node, 'in-circle');
    const first = circle.reduce((a, b) => (a.key.start <= b.key.start ? a : b));
    const names = [...circle, ...circle.slice(0, 1)].map((node) => node.name);
    this.#reader.report(this.#inputs.get(first)?.place ?? first.key, {
      code: 'DREY_PIPELINE_CYCLE',
      message: `Nodes read from each other in a circle: ${names.join(' <- ')}.`,
    });
  }

  #upstream(node: NodeDraft): readonly NodeDraft[] {
    const input = this.#inputs.get(node);
    const names = [
      ...(input === null || input === undefined ? [] : [input.stream.node]),
      ...(this.#unions.get(node) ?? []).map(({ stream }) => stream.node),
      ...(node.kind === 'transform' ? tableOf(node) : []),
    ];
    return names.flatMap((name) => this.#nodes.get(name) ?? []);
  }

  #reportUnused(): void {
    // What operations that cannot be run yet read is not known.
    if (this.#draft.transforms.some((node) => node.isIncomplete)) return;
    const isRead = new Set<string>(this.#tables);
    const inputs = [...this.#inputs.values(), ...[...this.#unions.values()].flat()];
    for (const input of inputs) {
      // A name that could not be resolved may have been meant to read any of them.
      if (input === null) return;
      isRead.add(input.stream.node);
    }
    for (const node of [...this.#draft.sources, ...this.#draft.transforms]) {
      if (isRead.has(node.name)) continue;
      this.#reader.report(node.key, {
        code: 'DREY_PIPELINE_UNUSED_NODE',
        message: `Nothing reads the ${node.kind} "${node.name}".`,
        hint: `Read it in a transform or sink with from: ${node.name}, or remove it.`,
      });
    }
  }
}

/** The inputs that a union or join names; null for other nodes, which read one. */
function namedInputs({ values }: TransformDraft): readonly Located<string>[] | null {
  if (values.union !== null) return values.union.value;
  const join = values.join?.value;
  return join === undefined ? null : [join.left, join.right].flatMap((name) => name ?? []);
}

function tableOf(node: TransformDraft): readonly string[] {
  const table = node.values.lookup?.value.table?.value;
  return table === undefined ? [] : [table];
}
