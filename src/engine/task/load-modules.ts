/** Loads the modules that the nodes of a job name, each once. Runs their code. */
import { InputError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import { requireAsyncFunction } from '../async/async-function.ts';
import type { OperatorSpec } from '../graph/create-operator.ts';
import type { StreamGraph } from '../graph/stream-graph.ts';
import { requireProcessFunction, type LoadedModules } from '../process/load-function.ts';

/** What a node wants of a module. */
interface Wanted {
  readonly name: string;
  readonly modulePath: string;
  /** Throws DREY_MODULE_EXPORT. */
  readonly check: (exported: unknown) => void;
}

/** Throws DREY_MODULE_* when one cannot be loaded or does not export what its node needs. */
export async function loadModules(graph: StreamGraph, platform: Platform): Promise<LoadedModules> {
  const modules = new Map<string, unknown>();
  for (const node of graph.nodes) {
    const wanted = node.kind === 'operator' ? wantedBy(node.spec) : null;
    if (wanted === null) continue;
    const { name, modulePath, check } = wanted;
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
    const place = { node: name, module: moduleText, method } as const;
    const check = (exported: unknown): void => {
      requireProcessFunction(exported, place);
    };
    return { name, modulePath, check };
  }
  if (spec.kind !== 'async') return null;
  const { name, modulePath, moduleText } = spec.async;
  const check = (exported: unknown): void => {
    requireAsyncFunction(exported, { node: name, module: moduleText });
  };
  return { name, modulePath, check };
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
