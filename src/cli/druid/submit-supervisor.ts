/**
 * Gives Druid a supervisor once: the spec carries its own text, so the same one again changes
 * nothing, and one that somebody else has made is left alone. Asking and posting may be repeated
 * freely, because what is posted is the whole.
 */
import { errorCodes } from '../../errors/codes.ts';
import { RefusedError } from '../../errors/drey-error.ts';
import type { SupervisorSpec } from '../../pipeline/plan/supervisor-spec.ts';
import type { Http, HttpLimits, HttpResponse } from '../../platform/http.ts';

export interface SubmittedSupervisor {
  readonly datasource: string;
  /** Without a login. */
  readonly overlord: string;
  readonly action: 'created' | 'updated' | 'unchanged';
}

const SUPERVISORS = '/druid/indexer/v1/supervisor';
const LIMITS: HttpLimits = {
  connectMs: 5_000,
  headersMs: 60_000,
  bodyIdleMs: 30_000,
  // Specs of all versions are not asked for; one is some kilobytes.
  bodyBytesMax: 16 * 1024 * 1024,
};
/** Of the context of a supervisor: the spec as it was posted, before Druid filled it up. */
const OWN_TEXT = 'dreySpec';

export async function submitSupervisor(
  spec: SupervisorSpec,
  overlord: string,
  http: Http,
): Promise<SubmittedSupervisor> {
  const datasource = spec.spec.dataSchema.dataSource;
  const druid = new Overlord(overlord, http);
  const text = JSON.stringify(spec);
  // What Druid says of a supervisor that is not there is a sentence, so the list tells.
  const ids = await druid.get(SUPERVISORS);
  const isKnown = Array.isArray(ids) && ids.includes(datasource);
  const done = { datasource, overlord: druid.origin };
  if (isKnown) {
    const known = await druid.get(`${SUPERVISORS}/${encodeURIComponent(datasource)}`);
    const before = ownTextOf(known);
    if (before === text) return { ...done, action: 'unchanged' };
    if (before === null) throw taken(datasource, druid.origin);
  }
  await druid.post(SUPERVISORS, { ...spec, context: { [OWN_TEXT]: text } });
  return { ...done, action: isKnown ? 'updated' : 'created' };
}

class Overlord {
  /** Of the address, without a login. */
  readonly origin: string;
  private readonly base: string;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly http: Http;

  constructor(address: string, http: Http) {
    const url = new URL(address);
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    this.origin = url.origin;
    this.base = url.origin + url.pathname.replace(/\/+$/, '');
    this.headers = {
      'content-type': 'application/json',
      ...(login !== ':' && {
        authorization: `Basic ${Buffer.from(login, 'utf8').toString('base64')}`,
      }),
    };
    this.http = http;
  }

  async get(path: string): Promise<unknown> {
    const answer = await this.http.request({
      method: 'GET',
      url: this.base + path,
      headers: this.headers,
      limits: LIMITS,
    });
    return this.accepted(answer);
  }

  async post(path: string, value: unknown): Promise<void> {
    const answer = await this.http.request({
      method: 'POST',
      url: this.base + path,
      headers: this.headers,
      body: new TextEncoder().encode(JSON.stringify(value)),
      limits: LIMITS,
    });
    this.accepted(answer);
  }

  private accepted(answer: HttpResponse): unknown {
    const { status } = answer;
    const value = jsonOf(answer);
    if (status === 200 && value !== undefined) return value;
    const words = textOf(answer).slice(0, WORDS_MAX);
    throw new RefusedError(
      'DREY_DRUID_REFUSED',
      `the Overlord at ${this.origin} answered ${status}: ${words}`,
      { hint: hintOf(status), details: { overlord: this.origin, status } },
    );
  }
}

const WORDS_MAX = 500;

function hintOf(status: number): string {
  if (status === 401 || status === 403) {
    return 'Give user and password in the address: http://USER:PASSWORD@HOST:PORT.';
  }
  if (status === 404) return 'Check that the address is that of an Overlord or a Router.';
  return errorCodes.DREY_DRUID_REFUSED.next;
}

function taken(datasource: string, overlord: string): RefusedError {
  return new RefusedError(
    'DREY_DRUID_REFUSED',
    `the Overlord at ${overlord} has a supervisor of ${datasource} that drey did not make`,
    {
      hint: 'Terminate it there, or name another datasource.',
      details: { overlord, datasource },
    },
  );
}

/** Null: it is not one of ours. */
function ownTextOf(supervisor: unknown): string | null {
  const text = member(member(supervisor, 'context'), OWN_TEXT);
  return typeof text === 'string' ? text : null;
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** Undefined: it is no JSON. */
function jsonOf(answer: HttpResponse): unknown {
  try {
    return JSON.parse(textOf(answer));
  } catch {
    return undefined;
  }
}

function textOf({ body }: HttpResponse): string {
  return new TextDecoder().decode(body);
}
