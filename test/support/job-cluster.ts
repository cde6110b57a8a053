/**
 * A cluster with jobs in given states, for verbs that change them. A test says what a request does;
 * what it does not act on is answered from the states.
 */
import { actingCluster, listedJob, type Act, type Acted } from './acting-cluster.ts';

export interface JobsState {
  /** What is in the list of a job's fields, by id; at least its state. */
  readonly jobs: Map<string, { state: string } & Record<string, unknown>>;
}

export async function jobCluster(
  states: Readonly<Record<string, string>>,
  first: (acted: Acted, state: JobsState) => ReturnType<Act> = () => undefined,
  options: { readonly isReadOnly?: boolean } = {},
) {
  const state: JobsState = {
    jobs: new Map(Object.entries(states).map(([id, now]) => [id, { state: now }])),
  };
  const cluster = await actingCluster(
    (acted) => first(acted, state) ?? actAsUsual(acted, state),
    options,
  );
  const asked = (request: string): readonly Acted[] =>
    cluster.acted.filter((acted) => acted.request === request);
  return { ...cluster, state, asked };
}

function actAsUsual({ request }: Acted, { jobs }: JobsState): ReturnType<Act> {
  if (request === 'GET /config') return { 'flink-version': '2.3.0', 'refresh-interval': 3000 };
  if (request === 'GET /jobs/overview') {
    return { jobs: [...jobs].map(([id, { state, ...more }]) => listedJob(id, state, more)) };
  }
  const id = /^GET \/jobs\/(\w+)$/.exec(request)?.[1];
  const job = id === undefined ? undefined : jobs.get(id);
  if (job === undefined) return undefined;
  return { jid: id, name: `job ${id?.slice(0, 1)}`, timestamps: {}, vertices: [], ...job };
}
