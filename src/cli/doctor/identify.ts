/**
 * Who answers: the REST API of Flink, another of Flink's servers, something before it, or something
 * else. Told from one answer to GET /config.
 */
import { decodeClusterConfig, type ClusterConfig } from '../../flink/model/cluster.ts';
import { decodeErrors } from '../../flink/model/failure-cause.ts';
import { parseLosslessJson } from '../../flink/model/lossless-json.ts';
import { redirectOf, type ProbeAnswer } from './probe.ts';

export type Identity =
  | { readonly kind: 'flink'; readonly config: ClusterConfig }
  | { readonly kind: 'history-server'; readonly config: ClusterConfig }
  /** Flink's form of an error for a path that it does not have. */
  | { readonly kind: 'flink-elsewhere'; readonly message: string }
  | { readonly kind: 'unauthorized'; readonly status: number; readonly scheme: string | null }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'unavailable'; readonly status: number; readonly message: string | null }
  | { readonly kind: 'web-page'; readonly title: string | null; readonly status: number }
  | { readonly kind: 'other'; readonly status: number; readonly contentType: string | null };

const TITLE_CHARACTERS_MAX = 80;

export function identify(answer: ProbeAnswer): Identity {
  const { status, headers, text } = answer;
  const to = redirectOf(answer);
  if (to !== null) return { kind: 'redirect', to: `${to.origin}${to.pathname}` };
  if (status === 401 || status === 403 || status === 407) {
    const asked = headers['www-authenticate'] ?? headers['proxy-authenticate'] ?? null;
    return { kind: 'unauthorized', status, scheme: asked?.split(' ')[0] ?? null };
  }
  const json = jsonOf(text);
  const error = errorOf(json);
  if (status >= 500) return { kind: 'unavailable', status, message: error };
  const config = status === 200 ? configOf(json) : null;
  if (config !== null) {
    return { kind: config.features.webHistory === true ? 'history-server' : 'flink', config };
  }
  if (error !== null) return { kind: 'flink-elsewhere', message: error };
  if (/^\s*</.test(text)) return { kind: 'web-page', title: titleOf(text), status };
  return { kind: 'other', status, contentType: headers['content-type'] ?? null };
}

/** Name and version of a SQL Gateway, from its answer to GET /v1/info; null: it is none. */
export function gatewayVersionOf({ status, text }: ProbeAnswer): string | null {
  const json = jsonOf(text);
  if (status !== 200 || typeof json !== 'object' || json === null) return null;
  const isFlink = 'productName' in json && json.productName === 'Apache Flink';
  return isFlink && 'version' in json && typeof json.version === 'string' ? json.version : null;
}

function jsonOf(text: string): unknown {
  try {
    return parseLosslessJson(text);
  } catch {
    // What is no JSON says by that what it is.
    return undefined;
  }
}

/** Null: it is not what /config gives. */
function configOf(json: unknown): ClusterConfig | null {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  const config = decodeClusterConfig(json);
  return config.versionText === null ? null : config;
}

/** Null: it is no error in Flink's form. */
function errorOf(json: unknown): string | null {
  if (typeof json !== 'object' || json === null || !('errors' in json)) return null;
  return decodeErrors(json)?.message ?? null;
}

function titleOf(text: string): string | null {
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]?.replaceAll(/\s+/g, ' ').trim() ?? '';
  return title === '' ? null : title.slice(0, TITLE_CHARACTERS_MAX);
}
