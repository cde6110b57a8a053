/**
 * Loads the code that a job needs beside what each one has: operators of the engine, and the modules
 * that its nodes name, each once. Runs the code of modules.
 */
import { InputError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import { requireAsyncFunction } from '../async/async-function.ts';
import { loadOperators, type OperatorSpec } from '../graph/create-operator.ts';
import type { StreamGraph } from '../graph/stream-graph.ts';
import {
  requireProcessFunction,
  type FunctionPlace,
  type LoadedModules,
} from '../process/load-function.ts';

/** What a node wants of a module. */
interface Wanted {
  readonly name: string;
  readonly modulePath: string;
  /** Throws DREY_MODULE_EXPORT. */
  readonly check: (exported: unknown) => void;
}

/** Throws DREY_MODULE_* when one cannot be loaded or does not export what its node needs. */
export async function loadModules(graph: StreamGraph, platform: Platform): Promise<LoadedModules> {
  await loadOperators(graph.nodes.flatMap((node) => (node.kind === 'operator' ? node.spec : [])));
  const modules = new Map<string, unknown>();
  for (const node of graph.nodes) {
    const wanted = node.kind === 'operator' ? wantedBy(node.spec) : null;
    if (wanted === null) continue;
    const { modulePath, name, check } = wanted;
    if (!modules.has(modulePath)) {
      modules.set(modulePath, await loadFor(name, modulePath, platform));
    }
    check(modules.get(modulePath));
  }
  return modules;
}

function wantedBy(spec: OperatorSpec): Wanted | null {
  if (spec.kind === 'keyed-process') {
    const { name, modulePath, moduleText, window } = spec.process;
    const method = window === null ? 'processElement' : 'processWindow';
    const place: FunctionPlace = { node: name, module: moduleText, method };
    return {
      name,
      modulePath,
      check: (exported) => {
        requireProcessFunction(exported, place);
      },
    };
  }
  if (spec.kind !== 'async') return null;
  const { name, modulePath, moduleText } = spec.async;
  return {
    name,
    modulePath,
    check: (exported) => {
      requireAsyncFunction(exported, { node: name, module: moduleText });
    },
  };
}

/** The failure names the node that wants the module. */
async function loadFor(node: string, path: string, platform: Platform): Promise<unknown> {
  try {
    return await platform.modules.load(path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.code, `${node}: ${error.message}`, {
      ...(error.hint !== undefined && { hint: error.hint }),
      details: { node, ...error.details },
      cause: error.cause,
    });
  }
}
