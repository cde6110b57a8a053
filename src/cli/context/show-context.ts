/** `context show`: which cluster a command would ask, and where every part of that comes from. */
import { formatDuration } from '../../output/humanise.ts';
import { flagCell, textCell, type Cell, type Field, type View } from '../../output/view.ts';
import type { Platform } from '../../platform/platform.ts';
import type { ChosenTarget, ClusterQuestion, Endpoint, Origin } from './choose-target.ts';
import { authFields, contextFields, proxyFields } from './context-fields.ts';
import { contextFilePath } from './context-store.ts';
import { describeAuthentication, describeSecret } from './context.ts';
import { exposureOf } from './exposure.ts';
import { chooseCluster } from './resolve-cluster.ts';

export interface ContextShowResult {
  /** With the contexts; null: there is no place for it. */
  readonly file: string | null;
  readonly context: string | null;
  readonly url: string;
  readonly because: string;
  readonly auth: Readonly<Record<string, unknown>>;
  readonly authBecause: string;
  readonly gateway: string | null;
  readonly gatewayBecause: string | null;
  readonly gatewayAuth: Readonly<Record<string, unknown>> | null;
  readonly proxy: Readonly<Record<string, unknown>> | string | null;
  readonly proxyBecause: string | null;
  readonly timeoutMs: number | null;
  readonly timeoutBecause: string | null;
  readonly readOnly: boolean;
  /** Why commands refuse to send the credentials; null: they do not. */
  readonly refusal: string | null;
  /** Variables that other programs take a proxy from, and drey does not. */
  readonly unusedVariables: readonly string[];
  /** As the file has it; null: no context is used. */
  readonly settings: Readonly<Record<string, unknown>> | null;
}

const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];

export async function showContext(
  question: ClusterQuestion,
  platform: Platform,
): Promise<{ readonly result: ContextShowResult; readonly chosen: ChosenTarget }> {
  const chosen = await chooseCluster(question, platform);
  const { rest, gateway, timeoutMs, context } = chosen;
  const result = {
    file: contextFilePath(platform),
    context: context?.name ?? null,
    url: rest.url.value,
    because: rest.url.because,
    auth: authFields(rest.authentication.value),
    authBecause: rest.authentication.because,
    gateway: gateway?.url.value ?? null,
    gatewayBecause: gateway?.url.because ?? null,
    gatewayAuth: gateway === null ? null : authFields(gateway.authentication.value),
    proxy: rest.proxy === null ? null : proxyFields(rest.proxy.value),
    proxyBecause: rest.proxy?.because ?? null,
    timeoutMs: timeoutMs?.value ?? null,
    timeoutBecause: timeoutMs?.because ?? null,
    readOnly: context?.isReadOnly ?? false,
    refusal: rest.allowsInsecureToken ? null : exposureOf(rest),
    unusedVariables: PROXY_VARIABLES.filter((variable) => isSet(platform, variable)),
    settings: context === null ? null : contextFields(context),
  };
  return { result, chosen };
}

function isSet({ environment }: Platform, name: string): boolean {
  return (environment[name] ?? environment[name.toLowerCase()] ?? '') !== '';
}

export function contextShowView(result: ContextShowResult, chosen: ChosenTarget): View {
  const { rest, gateway, timeoutMs } = chosen;
  const fields: readonly Field[] = [
    { key: 'url', label: 'cluster', cell: originCell(rest.url.value, rest.url) },
    { key: 'context', label: 'context', cell: textCell(result.context) },
    { key: 'auth', label: 'credentials', cell: credentialsCell(rest) },
    ...(result.refusal === null
      ? []
      : [
          {
            key: 'refusal',
            label: '',
            cell: textCell(`refused: they would go there ${result.refusal}`, 'bad'),
          },
        ]),
    { key: 'gateway', label: 'SQL Gateway', cell: originCell(gateway?.url.value, gateway?.url) },
    ...(gateway === null
      ? []
      : [{ key: 'gatewayAuth', label: 'its credentials', cell: credentialsCell(gateway) }]),
    { key: 'proxy', label: 'proxy', cell: proxyCell(rest, result) },
    ...tlsFields(rest),
    {
      key: 'timeoutMs',
      label: 'timeout',
      cell:
        timeoutMs === null
          ? textCell('what each command thinks right')
          : originCell(formatDuration(timeoutMs.value), timeoutMs),
    },
    { key: 'readOnly', label: 'read only', cell: flagCell(result.readOnly) },
    { key: 'file', label: 'file', cell: textCell(result.file) },
  ];
  return { sections: [{ kind: 'fields', fields }], names: [result.context ?? result.url] };
}

function originCell(text: string | undefined, origin: Origin<unknown> | undefined): Cell {
  return textCell(
    text === undefined || origin === undefined ? null : `${text}  (${origin.because})`,
  );
}

function credentialsCell({ authentication, context }: Endpoint): Cell {
  const said = describeAuthentication(authentication.value);
  const headers = Object.entries(context?.secretHeaders ?? {}).map(
    ([name, reference]) => `the header ${name} from ${describeSecret(reference)}`,
  );
  const all = [...(said === null ? [] : [said]), ...headers];
  return textCell(all.length === 0 ? 'none' : `${all.join(', ')}  (${authentication.because})`);
}

function proxyCell({ proxy }: Endpoint, { unusedVariables }: ContextShowResult): Cell {
  if (proxy !== null) {
    const { url, login } = proxy.value;
    const as = login === null ? '' : ` as ${login.user}`;
    return originCell(`${url}${as}`, proxy);
  }
  if (unusedVariables.length === 0) return textCell('none');
  return textCell(`none  (${unusedVariables.join(', ')} not used: only DREY_PROXY and contexts)`);
}

function tlsFields({ context, authorities }: Endpoint): readonly Field[] {
  const tls = context?.tls;
  const trusted = tls?.authorities ?? authorities;
  const certificate = tls?.certificate ?? null;
  return [
    ...(trusted === null
      ? []
      : [{ key: 'tls.authorities', label: 'authorities', cell: textCell(trusted) }]),
    ...(certificate === null
      ? []
      : [{ key: 'tls.certificate', label: 'own certificate', cell: textCell(certificate) }]),
    ...(tls?.isInsecure === true
      ? [
          {
            key: 'tls.insecure',
            label: 'certificates',
            cell: textCell('not verified (tls.insecure)', 'doubtful'),
          },
        ]
      : []),
  ];
}
