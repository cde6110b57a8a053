/** What the cluster itself says: version, clock, leader, TaskManagers, submission by jar. */
import { DreyError } from '../../errors/drey-error.ts';
import {
  decodeClusterOverview,
  type ClusterConfig,
  type ClusterOverview,
} from '../../flink/model/cluster.ts';
import { capabilitiesOf, isAtLeast, SUPPORTED_MIN } from '../../flink/model/flink-version.ts';
import { parseLosslessJson } from '../../flink/model/lossless-json.ts';
import { formatDuration } from '../../output/humanise.ts';
import { parseHttpDate } from '../../platform/http-date.ts';
import { failed, ok, skipped, warning, type Check, type Checked } from './check.ts';
import { identify } from './identify.ts';
import type { Probe } from './probe.ts';

export function checkVersion({ version, versionText }: ClusterConfig): Check {
  if (version === null) {
    return warning(
      'version',
      `the version ${JSON.stringify(versionText)} is not one that drey knows`,
      'It is taken for a new one; what does not work is worth a report.',
    );
  }
  if (!isAtLeast(version, SUPPORTED_MIN)) {
    return warning(
      'version',
      `Flink ${version.text} is older than ${SUPPORTED_MIN}, the oldest that drey is made for`,
      'Upgrade the cluster; until then read what drey says with care.',
    );
  }
  const capabilities = capabilitiesOf(version);
  const missing = [
    ...(capabilities.resourceRequirements ? [] : ['rescaling of running jobs']),
    ...(capabilities.runApplication ? [] : ['applications by REST']),
  ];
  const less = missing.length === 0 ? '' : `; not in this version: ${missing.join(', ')}`;
  return ok('version', `Flink ${version.text}${less}`);
}

/** Clocks that are kept by NTP differ by less. */
const DIFFERENCE_MAX_MS = 5000;
/** The header has whole seconds, cut off. */
const HALF_A_SECOND_MS = 500;

/** From the date that comes with the Web UI; a proxy may have put in its own. */
export function checkClock(page: Probe): Check {
  const toldAtMs = page.kind === 'answer' ? parseHttpDate(page.headers['date'] ?? '') : null;
  if (page.kind === 'none' || toldAtMs === null) {
    return skipped('clock', 'the server does not tell its time');
  }
  const aheadMs = toldAtMs + HALF_A_SECOND_MS - page.atMs;
  const difference = formatDuration(Math.abs(aheadMs));
  if (Math.abs(aheadMs) <= DIFFERENCE_MAX_MS) {
    return ok('clock', 'the clock of the server and ours agree');
  }
  return warning(
    'clock',
    `the clock of the server is ${difference} ${aheadMs > 0 ? 'ahead of' : 'behind'} ours`,
    'Let both machines keep their time by NTP: ages of checkpoints and tokens that expire are wrong by as much.',
  );
}

/** Of an answer to GET /overview, which only a leader can give. */
export function checkLeader(overview: Probe): Checked {
  if (overview.kind === 'none') {
    const checks = [
      failed(
        'leader',
        overview.message,
        'The web server of the JobManager lives, but what is behind it does not answer: see its log and its garbage collection.',
      ),
      skipped('task-managers', 'not told'),
    ];
    return { checks, failure: { check: 'leader', code: 'DREY_UNREACHABLE' } };
  }
  if (overview.status !== 200) {
    const identity = identify(overview);
    const said = identity.kind === 'unavailable' ? identity.message : null;
    const checks = [
      failed(
        'leader',
        `no JobManager answers for the cluster (status ${overview.status})${said === null ? '' : `: ${said}`}`,
        'With high availability look at ZooKeeper or the ConfigMaps of Kubernetes; without it the JobManager is starting: try again.',
      ),
      skipped('task-managers', 'not told'),
    ];
    return { checks, failure: { check: 'leader', code: 'DREY_FLINK_UNAVAILABLE' } };
  }
  const known = overviewOf(overview.text);
  if (known === null) {
    const checks = [
      failed(
        'leader',
        'GET /overview is answered with something else than what Flink says',
        'Something between here and Flink changes answers: ask who runs the proxy.',
      ),
      skipped('task-managers', 'not told'),
    ];
    return { checks, failure: { check: 'leader', code: 'DREY_FLINK_ANSWER' } };
  }
  return { checks: [ok('leader', 'a JobManager leads'), checkTaskManagers(known)], failure: null };
}

/** Null: it is none, which is what the caller tells. */
function overviewOf(text: string): ClusterOverview | null {
  try {
    return decodeClusterOverview(parseLosslessJson(text));
  } catch (error) {
    if (error instanceof DreyError) return null;
    throw error;
  }
}

function checkTaskManagers({ taskManagers, slotsTotal, slotsAvailable }: ClusterOverview): Check {
  if (taskManagers === 0) {
    return warning(
      'task-managers',
      'no TaskManager is registered: no job can run',
      'drey cluster health says more; on Kubernetes and YARN they may start when a job needs them.',
    );
  }
  const count = taskManagers === 1 ? '1 TaskManager' : `${taskManagers ?? 'some'} TaskManagers`;
  const detail = `${count}, ${slotsAvailable ?? '?'} of ${slotsTotal ?? '?'} slots free`;
  return slotsAvailable === 0
    ? warning('task-managers', detail, 'No further job can start until a slot is free.')
    : ok('task-managers', detail);
}

export function checkWebSubmit({ features }: ClusterConfig): Check {
  if (features.webSubmit !== false) return ok('web-submit', 'jars can be submitted by REST');
  return warning(
    'web-submit',
    'the cluster does not take jars by REST (web.submit.enable is false, or it runs one application)',
    'Use SQL by the SQL Gateway, flink run, or application mode; this is often on purpose.',
  );
}
