/** What of this machine's environment changes how programs reach a cluster. */
import { failed, ok, warning, type Check, type Checked } from './check.ts';

export interface EnvironmentQuestion {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `v20.19.0`; null: not known. */
  readonly nodeVersion: string | null;
}

/** The oldest that drey supports; see package.json. */
const NODE_MIN = [20, 19] as const;
const PROXY_VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'];

export function checkEnvironment({ environment, nodeVersion }: EnvironmentQuestion): Checked {
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    const check = failed(
      'environment',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off the verification of every certificate; drey does not work like that',
      'Unset it. To trust an authority of your own, name it in the context (tls.authorities).',
    );
    return { checks: [check], failure: { check: 'environment', code: 'DREY_USAGE' } };
  }
  const version = nodeVersion?.replace(/^v/, '') ?? 'of unknown version';
  if (nodeVersion !== null && isOlder(nodeVersion)) {
    const detail = `Node ${version} is older than ${NODE_MIN.join('.')}`;
    const next = 'Install a newer Node; drey is not tested with this one.';
    return { checks: [warning('environment', detail, next)], failure: null };
  }
  const colours = setIn(environment, 'NO_COLOR') === null ? '' : ', no colours because of NO_COLOR';
  return { checks: [ok('environment', `Node ${version}${colours}`)], failure: null };
}

/**
 * drey takes a proxy from the context and DREY_PROXY only: one that a variable names for a browser
 * seldom leads to a cluster. `proxyUrl`: the one in use, perhaps with user and password.
 */
export function checkProxy(
  { environment }: Pick<EnvironmentQuestion, 'environment'>,
  proxyUrl: string | undefined,
): Check {
  if (proxyUrl !== undefined) {
    const { host, protocol } = new URL(proxyUrl);
    const by = setIn(environment, 'DREY_PROXY') === null ? 'the context' : 'DREY_PROXY';
    return ok('proxy', `through ${protocol}//${host}, as ${by} says`);
  }
  const unused = PROXY_VARIABLES.filter((name) => setIn(environment, name) !== null);
  if (unused.length === 0) return ok('proxy', 'none: the connection is direct');
  return warning(
    'proxy',
    `the connection is direct, although ${unused.join(' and ')} ${unused.length === 1 ? 'is' : 'are'} set: drey does not take a proxy from there`,
    'If the cluster is behind that proxy, name it in the context (drey context add --proxy) or in DREY_PROXY; else there is nothing to do.',
  );
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [majorMin, minorMin] = NODE_MIN;
  return major < majorMin || (major === majorMin && minor < minorMin);
}

/** In capitals or not, as programs read them. */
function setIn(environment: EnvironmentQuestion['environment'], name: string): string | null {
  const value = environment[name] ?? environment[name.toLowerCase()] ?? '';
  return value === '' ? null : value;
}
