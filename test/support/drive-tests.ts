/** Runs the tests of a pipeline in the simulated world. */
import { runPipelineTests } from '../../src/cli/pipeline-test/run-pipeline-tests.ts';
import type { TestOutcome } from '../../src/cli/pipeline-test/test-outcome.ts';
import { loadOperators } from '../../src/engine/graph/create-operator.ts';
import type { LogicalPlan } from '../../src/pipeline/plan/logical-plan.ts';
import { toStreamGraph } from '../../src/pipeline/to-engine/stream-graph.ts';
import type { SimulatedPlatform } from '../../src/platform/simulated/simulated-platform.ts';

export async function driveTests(
  plan: LogicalPlan,
  platform: SimulatedPlatform,
): Promise<readonly TestOutcome[]> {
  // Code comes from outside of the simulated world, which would wait for it in vain.
  const { nodes } = toStreamGraph(plan);
  await loadOperators(nodes.flatMap((node) => (node.kind === 'operator' ? node.spec : [])));
  return platform.drive(runPipelineTests(plan, { platform }));
}
