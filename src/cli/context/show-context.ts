/** `context show`: which cluster a command would ask, and where every part of that comes from. */
import { durationCell, flagCell, textCell, type Field, type View } from '../../output/view.ts';
import type { Platform } from '../../platform/platform.ts';
import type { ChosenTarget, ClusterQuestion } from './choose-target.ts';
import { authFields, contextFields } from './context-fields.ts';
import { contextFilePath } from './context-store.ts';
import { describeSecret, type Authentication } from './context.ts';
import { chooseCluster } from './resolve-cluster.ts';

export interface ContextShowResult {
  readonly file: string;
  readonly context: string | null;
  readonly url: string;
  readonly because: string;
  readonly gateway: string | null;
  readonly gatewayBecause: string | null;
  readonly auth: Readonly<Record<string, unknown>>;
  readonly authBecause: string;
  readonly timeoutMs: number | null;
  readonly timeoutBecause: string | null;
  readonly readOnly: boolean;
  /** As the file has it; null: no context is used. */
  readonly settings: Readonly<Record<string, unknown>> | null;
}

export async function showContext(
  question: ClusterQuestion,
  platform: Platform,
): Promise<{ readonly result: ContextShowResult; readonly chosen: ChosenTarget }> {
  const chosen = await chooseCluster(question, platform);
  const { url, gateway, authentication, timeoutMs, context } = chosen;
  const result = {
    file: contextFilePath(platform),
    context: context?.name ?? null,
    url: url.value,
    because: url.because,
    gateway: gateway?.value ?? null,
    gatewayBecause: gateway?.because ?? null,
    auth: authFields(authentication.value),
    authBecause: authentication.because,
    timeoutMs: timeoutMs?.value ?? null,
    timeoutBecause: timeoutMs?.because ?? null,
    readOnly: context?.isReadOnly ?? false,
    settings: context === null ? null : contextFields(context),
  };
  return { result, chosen };
}

export function contextShowView(result: ContextShowResult, chosen: ChosenTarget): View {
  const { context, authentication } = chosen;
  const fields: readonly Field[] = [
    { key: 'url', label: 'cluster', cell: textCell(`${result.url}  (${result.because})`) },
    { key: 'context', label: 'context', cell: textCell(result.context) },
    {
      key: 'gateway',
      label: 'SQL Gateway',
      cell: textCell(
        result.gateway === null ? null : `${result.gateway}  (${result.gatewayBecause ?? ''})`,
      ),
    },
    {
      key: 'auth',
      label: 'credentials',
      cell: textCell(`${authText(authentication.value)}  (${authentication.because})`),
    },
    { key: 'timeoutMs', label: 'timeout', cell: durationCell(result.timeoutMs) },
    { key: 'readOnly', label: 'read only', cell: flagCell(result.readOnly) },
    ...(context === null
      ? []
      : [
          { key: 'tls.authorities', label: 'authorities', cell: textCell(context.tls.authorities) },
          {
            key: 'tls.certificate',
            label: 'own certificate',
            cell: textCell(context.tls.certificate),
          },
          { key: 'proxy', label: 'proxy', cell: textCell(context.proxy) },
        ]),
    { key: 'file', label: 'file', cell: textCell(result.file) },
  ];
  return { sections: [{ kind: 'fields', fields }], names: [result.context ?? result.url] };
}

function authText(authentication: Authentication): string {
  switch (authentication.kind) {
    case 'none':
      return 'none';
    case 'bearer':
      return `bearer token from ${describeSecret(authentication.token)}`;
    case 'basic':
      return `user ${authentication.user}, password from ${describeSecret(authentication.password)}`;
    case 'header':
      return `header ${authentication.name} from ${describeSecret(authentication.value)}`;
  }
}
