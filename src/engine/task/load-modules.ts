/** Loads the modules that the process functions of a job come from, each once. Runs their code. */
import { InputError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { StreamGraph } from '../graph/stream-graph.ts';
import { requireProcessFunction, type LoadedModules } from '../process/load-function.ts';

/** Throws DREY_MODULE_* when one cannot be loaded or holds no process function. */
export async function loadModules(graph: StreamGraph, platform: Platform): Promise<LoadedModules> {
  const modules = new Map<string, unknown>();
  for (const node of graph.nodes) {
    if (node.kind !== 'operator' || node.spec.kind !== 'keyed-process') continue;
    const { modulePath, name, moduleText, window } = node.spec.process;
    if (!modules.has(modulePath)) {
      modules.set(modulePath, await loadFor(name, modulePath, platform));
    }
    requireProcessFunction(modules.get(modulePath), {
      node: name,
      module: moduleText,
      method: window === null ? 'processElement' : 'processWindow',
    });
  }
  return modules;
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
