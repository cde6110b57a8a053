/**
 * A cluster that takes jars and runs them: uploads are kept, and each run makes a job of the id
 * that it names. A test puts its own acts before these.
 */
import { Refusal } from './answering-cluster.ts';
import { actingCluster, listedJob, type Act, type Acted } from './acting-cluster.ts';

export interface SubmissionState {
  /** The newest first. */
  readonly jars: { readonly id: string; readonly name: string }[];
  /** States by id. */
  readonly jobs: Map<string, string>;
  readonly features: Record<string, boolean>;
  version: string;
}

export async function submissionCluster(
  first: (acted: Acted, state: SubmissionState) => ReturnType<Act> = () => undefined,
) {
  const state: SubmissionState = {
    jars: [],
    jobs: new Map(),
    features: { 'web-submit': true },
    version: '2.3.0',
  };
  const cluster = await actingCluster((acted) => first(acted, state) ?? actAsUsual(acted, state));
  const asked = (request: string): readonly Acted[] =>
    cluster.acted.filter((acted) => acted.request === request);
  return { ...cluster, state, asked };
}

/** For tests that do more than what is usual, or lose its answer. */
export function actAsUsual(acted: Acted, state: SubmissionState): ReturnType<Act> {
  const { jars, jobs, features, version } = state;
  switch (acted.request) {
    case 'GET /config':
      return { 'flink-version': version, 'refresh-interval': 3000, features };
    case 'GET /jobmanager/metrics':
      return [];
    case 'GET /jars':
      return { files: jars.map((jar) => ({ ...jar, uploaded: 1, entry: [] })) };
    case 'GET /jobs/overview':
      return { jobs: [...jobs].map(([id, job]) => listedJob(id, job)) };
    case 'POST /jars/upload':
      return keepJar(acted, state);
    default:
      return actOnJar(acted, state);
  }
}

function keepJar({ body }: Acted, { jars }: SubmissionState): object {
  const name = /filename="([^"]*)"/.exec(String(body))?.[1] ?? '';
  const number = String(jars.length + 1).padStart(12, '0');
  const id = `00000000-0000-0000-0000-${number}_${name}`;
  jars.unshift({ id, name });
  return { filename: `/flink-web-upload/${id}`, status: 'success' };
}

function actOnJar({ request, body }: Acted, { jars, jobs }: SubmissionState): ReturnType<Act> {
  const [, method, id, verb] = /^(\w+) \/jars\/([^/]+)(?:\/(\w+))?$/.exec(request) ?? [];
  const at = jars.findIndex((jar) => jar.id === id);
  if (method === undefined) return undefined;
  if (at === -1) return new Refusal(400, `File ${id} does not exist in /flink-web-upload.`);
  if (method === 'DELETE') {
    jars.splice(at, 1);
    return {};
  }
  if (verb !== 'run') return undefined;
  const { jobId } = body as { jobId: string };
  if (jobs.has(jobId)) return duplicate();
  jobs.set(jobId, 'RUNNING');
  return { jobid: jobId };
}

/** As Flink says it, with the exception that drey knows it by. */
function duplicate(): Refusal {
  const said = 'Job has already been submitted.';
  const cause = `org.apache.flink.runtime.client.DuplicateJobSubmissionException: ${said}`;
  return new Refusal(
    400,
    `org.apache.flink.X: Could not execute application.\n\tat a.B.c(D.java:1)\nCaused by: ${cause}\n\tat a.B.c(D.java:1)`,
  );
}
