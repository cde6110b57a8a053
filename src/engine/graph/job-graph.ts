/**
 * From the stream graph to vertices: which operators are chained into one subtask and where rows go
 * through an exchange. Pure.
 *
 * Two nodes are chained when both have the same parallelism and the exchange between them is
 * forward, or when both have parallelism 1. A chain that would make the graph of vertices cyclic
 * (one way from A to B leads through another vertex) is not made: a subtask passes a barrier on
 * only when it has come on all its inputs.
 * Invariant: each input of each node is either chained or a gate; vertices are in topological order.
 */
import { assert } from '../../errors/assert.ts';
import { defaultMaxParallelism } from '../state/key-groups.ts';
import type { Exchange, StreamGraph, StreamInput, StreamNode } from './stream-graph.ts';

export interface JobGraph {
  readonly name: string;
  /** Number of key groups of every vertex. */
  readonly maxParallelism: number;
  /** Upstream vertices first. */
  readonly vertices: readonly JobVertex[];
  readonly exchanges: readonly JobExchange[];
}

export interface JobVertex {
  /** Position among the vertices. */
  readonly index: number;
  /** Uid of its first node. */
  readonly id: string;
  /** Uids of its nodes in one line, for people: `clicks -> clicks/where`. */
  readonly name: string;
  readonly parallelism: number;
  /** What each of its subtasks consists of, upstream first. */
  readonly nodes: readonly StreamNode[];
  /** What comes from other vertices, in the order of nodes and their inputs. */
  readonly gates: readonly JobExchange[];
  /** What goes to other vertices. */
  readonly outputs: readonly JobExchange[];
}

/** One input of one node that comes from another vertex: a gate there, record writers here. */
export interface JobExchange {
  /** Position among the exchanges of the job. */
  readonly index: number;
  readonly exchange: Exchange;
  /** The stream that is read. */
  readonly from: { readonly vertex: number; readonly node: string; readonly stream: string };
  /** The node that reads it, and as which of its inputs. */
  readonly to: { readonly vertex: number; readonly node: string; readonly input: number };
}

/** Nodes of a chain that is named in full; longer names are cut. */
const NAMED_NODES_MAX = 8;

export function toJobGraph(graph: StreamGraph): JobGraph {
  const chains = new Chains(graph.nodes);
  for (const node of graph.nodes) {
    for (const input of inputsOf(node)) {
      const producer = chains.position(input.node);
      const consumer = chains.position(node.uid);
      if (mayChain(graph.nodes[producer]!, node, exchangeOf(input))) {
        chains.join(producer, consumer);
      }
    }
  }
  return assemble(graph, chains.inOrder());
}

/** The inputs of a node, in the order of their index. */
export function inputsOf(node: StreamNode): readonly StreamInput[] {
  switch (node.kind) {
    case 'source':
      return [];
    case 'operator':
      return node.inputs;
    case 'sink':
      return [node.input];
  }
}

export function exchangeOf(input: StreamInput): Exchange {
  return input.exchange ?? { kind: 'forward' };
}

/** The producing subtasks of which one consuming subtask has a channel, in their order. */
export function producersOf(
  exchange: Exchange,
  consumer: number,
  { producers, consumers }: { readonly producers: number; readonly consumers: number },
): readonly number[] {
  if (exchange.kind === 'forward' && producers === consumers) return [consumer];
  return Array.from({ length: producers }, (_, producer) => producer);
}

function mayChain(producer: StreamNode, consumer: StreamNode, exchange: Exchange): boolean {
  if (producer.parallelism !== consumer.parallelism) return false;
  return exchange.kind === 'forward' || producer.parallelism === 1;
}

/** Which nodes belong together; grows by `join`. */
class Chains {
  private readonly nodes: readonly StreamNode[];
  private readonly positions: ReadonlyMap<string, number>;
  /** The chain of each node: the position of the first node in it. */
  private chainOf: Int32Array;

  constructor(nodes: readonly StreamNode[]) {
    this.nodes = nodes;
    this.positions = new Map(nodes.map((node, position) => [node.uid, position]));
    this.chainOf = Int32Array.from(nodes, (_, position) => position);
  }

  position(uid: string): number {
    const position = this.positions.get(uid);
    assert(position !== undefined, 'inputs name nodes of the graph');
    return position;
  }

  /** Makes one chain of those of two nodes, unless a cycle of chains would come of it. */
  join(some: number, other: number): void {
    const [first, second] = [this.chainOf[some]!, this.chainOf[other]!];
    if (first === second) return;
    const kept = Math.min(first, second);
    const given = Math.max(first, second);
    const before = this.chainOf;
    this.chainOf = before.map((chain) => (chain === given ? kept : chain));
    if (this.sorted() === null) this.chainOf = before;
  }

  /** Positions of the nodes of each chain, upstream chains first. */
  inOrder(): readonly (readonly number[])[] {
    const order = this.sorted();
    assert(order !== null, 'the graph of chains has no cycle');
    return order.map((chain) =>
      this.nodes.flatMap((_, position) => (this.chainOf[position] === chain ? [position] : [])),
    );
  }

  /** The chains in topological order; null: there is a cycle, or a way from a chain to itself. */
  private sorted(): readonly number[] | null {
    const downstream = new Map<number, Set<number>>();
    for (const chain of this.chainOf) downstream.set(chain, new Set());
    for (const [position, node] of this.nodes.entries()) {
      const chain = this.chainOf[position]!;
      for (const input of inputsOf(node)) {
        const producer = this.position(input.node);
        const from = this.chainOf[producer]!;
        if (from !== chain) downstream.get(from)!.add(chain);
        else if (!mayChain(this.nodes[producer]!, node, exchangeOf(input))) return null;
      }
    }
    return sortedTopologically(downstream);
  }
}

/** Null: there is a cycle. */
function sortedTopologically(
  downstream: ReadonlyMap<number, ReadonlySet<number>>,
): readonly number[] | null {
  const missing = new Map([...downstream.keys()].map((key) => [key, 0]));
  for (const targets of downstream.values()) {
    for (const target of targets) missing.set(target, missing.get(target)! + 1);
  }
  const order = [...downstream.keys()].filter((key) => missing.get(key) === 0);
  for (const key of order) {
    for (const target of downstream.get(key)!) {
      const left = missing.get(target)! - 1;
      missing.set(target, left);
      if (left === 0) order.push(target);
    }
  }
  return order.length === downstream.size ? order : null;
}

function assemble(graph: StreamGraph, chains: readonly (readonly number[])[]): JobGraph {
  const vertexOf = new Map<string, number>();
  for (const [vertex, positions] of chains.entries()) {
    for (const position of positions) vertexOf.set(graph.nodes[position]!.uid, vertex);
  }
  const exchanges: JobExchange[] = [];
  for (const positions of chains) {
    for (const position of positions) addExchanges(graph.nodes[position]!, vertexOf, exchanges);
  }
  const vertices = chains.map((positions, index) => {
    const nodes = positions.map((position) => graph.nodes[position]!);
    return {
      index,
      id: nodes[0]!.uid,
      name: nameOf(nodes),
      parallelism: nodes[0]!.parallelism,
      nodes,
      gates: exchanges.filter(({ to }) => to.vertex === index),
      outputs: exchanges.filter(({ from }) => from.vertex === index),
    };
  });
  return { name: graph.name, maxParallelism: maxParallelismOf(graph), vertices, exchanges };
}

/** Number of key groups: as the graph says, or as its parallelism needs. */
export function maxParallelismOf({ maxParallelism, nodes }: StreamGraph): number {
  if (maxParallelism !== undefined) return maxParallelism;
  return defaultMaxParallelism(Math.max(1, ...nodes.map(({ parallelism }) => parallelism)));
}

function addExchanges(
  node: StreamNode,
  vertexOf: ReadonlyMap<string, number>,
  exchanges: JobExchange[],
): void {
  const vertex = vertexOf.get(node.uid)!;
  for (const [index, input] of inputsOf(node).entries()) {
    const producer = vertexOf.get(input.node)!;
    if (producer === vertex) continue;
    exchanges.push({
      index: exchanges.length,
      exchange: exchangeOf(input),
      from: { vertex: producer, node: input.node, stream: input.stream },
      to: { vertex, node: node.uid, input: index },
    });
  }
}

function nameOf(nodes: readonly StreamNode[]): string {
  const named = nodes.slice(0, NAMED_NODES_MAX).map(({ uid }) => uid);
  return (nodes.length > NAMED_NODES_MAX ? [...named, '...'] : named).join(' -> ');
}
