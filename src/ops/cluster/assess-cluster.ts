/**
 * What is wrong with a cluster, from one look at it: all rules over the facts, the worst finding
 * first. Findings of one severity stand in the order of this list.
 */
import { severities, type Finding } from '../finding.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { failingCheckpoints } from './rules/failing-checkpoints.ts';
import { clockDifference, lateHeartbeats } from './rules/heartbeats.ts';
import {
  failedJobs,
  restartingJobs,
  restartsOften,
  skippedJobs,
  unreadableParts,
} from './rules/job-state.ts';
import { garbageCollection, heapNearLimit, metaspaceNearLimit } from './rules/memory.ts';
import { noFreeSlots, noTaskManagers, waitingForSlots } from './rules/slots.ts';
import { unsupportedVersion, webSubmitOff } from './rules/version.ts';

const rules: readonly ((facts: ClusterFacts) => readonly Finding[])[] = [
  noTaskManagers,
  waitingForSlots,
  lateHeartbeats,
  restartingJobs,
  failedJobs,
  restartsOften,
  failingCheckpoints,
  metaspaceNearLimit,
  heapNearLimit,
  garbageCollection,
  unreadableParts,
  noFreeSlots,
  clockDifference,
  unsupportedVersion,
  webSubmitOff,
  skippedJobs,
];

export function assessCluster(facts: ClusterFacts): readonly Finding[] {
  return rules
    .flatMap((rule) => rule(facts))
    .toSorted(
      (left, right) => severities.indexOf(left.severity) - severities.indexOf(right.severity),
    );
}
