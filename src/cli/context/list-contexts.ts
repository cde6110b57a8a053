/** `context list`. */
import { flagCell, textCell, type View } from '../../output/view.ts';
import type { Platform } from '../../platform/platform.ts';
import { contextFields } from './context-fields.ts';
import { readContexts } from './context-store.ts';

export interface ListedContext {
  readonly name: string;
  readonly current: boolean;
  readonly url: string;
  readonly [field: string]: unknown;
}

export interface ContextListResult {
  /** Null: there is no place for such a file. */
  readonly file: string | null;
  readonly currentContext: string | null;
  readonly contexts: readonly ListedContext[];
}

export async function listContexts(platform: Platform): Promise<ContextListResult> {
  const { path, currentContext, contexts } = await readContexts(platform);
  return {
    file: path,
    currentContext,
    contexts: contexts.map((context) => ({
      name: context.name,
      current: context.name === currentContext,
      ...contextFields(context),
      url: context.url,
    })),
  };
}

export function contextListView({ contexts, file }: ContextListResult): View {
  return {
    sections: [
      {
        kind: 'table',
        empty: `no contexts in ${file ?? 'any file'}; drey context add NAME --url URL writes one`,
        columns: [
          { key: 'current', heading: 'CURRENT' },
          { key: 'name', heading: 'NAME' },
          { key: 'url', heading: 'URL' },
          { key: 'auth', heading: 'AUTH' },
          { key: 'gateway', heading: 'GATEWAY', isWide: true },
          { key: 'readOnly', heading: 'READ ONLY', isWide: true },
        ],
        rows: contexts.map((context) => [
          textCell(context.current ? '*' : ''),
          textCell(context.name),
          textCell(context.url),
          textCell(authText(context['auth'])),
          textCell(addressOf(context['gateway'])),
          flagCell(context['readOnly'] === true),
        ]),
      },
    ],
    names: contexts.map(({ name }) => name),
  };
}

/** Of a gateway, alone or with credentials of its own. */
function addressOf(gateway: unknown): string | null {
  const address = typeof gateway === 'string' ? gateway : fieldOf(gateway, 'url');
  return typeof address === 'string' ? address : null;
}

function authText(auth: unknown): string {
  const type = fieldOf(auth, 'type');
  return typeof type === 'string' ? type : 'none';
}

function fieldOf(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | undefined)?.[name];
}
