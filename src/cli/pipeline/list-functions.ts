/** `drey pipeline functions`: what expressions in pipeline files may call. */
import { UsageError } from '../../errors/drey-error.ts';
import { nearestName } from '../../expression/nearest.ts';
import type { Palette } from '../../output/palette.ts';
import { renderTable } from '../../output/table.ts';

export interface FunctionEntry {
  readonly name: string;
  readonly category: string;
  /** One form a line. */
  readonly syntax: readonly string[];
  readonly summary: string;
}

export interface FunctionsResult {
  readonly functions: readonly FunctionEntry[];
}

/** `name`: undefined for all; any letter case. */
export async function listFunctions(name: string | undefined): Promise<FunctionsResult> {
  const { listForms } = await import('../../expression/function/registry.ts');
  const entries = listForms().map((form): FunctionEntry => ({
    name: form.name,
    category: form.category,
    syntax: form.syntax,
    summary: form.summary,
  }));
  if (name === undefined) return { functions: entries };
  const wanted = name.toUpperCase();
  const functions = entries.filter((entry) => entry.name === wanted);
  if (functions.length === 0) throw unknownFunction(name, entries);
  return { functions };
}

function unknownFunction(name: string, entries: readonly FunctionEntry[]): UsageError {
  const nearest = nearestName(
    name.toUpperCase(),
    entries.map((entry) => entry.name),
  );
  return new UsageError('DREY_USAGE', `there is no function ${name}`, {
    hint:
      nearest === undefined
        ? 'Run drey pipeline functions for the list.'
        : `Did you mean ${nearest}?`,
    details: { name, ...(nearest === undefined ? {} : { nearest }) },
  });
}

/** A table by category; one function alone with all its forms. */
export function functionsText({ functions }: FunctionsResult, palette: Palette): string {
  const [only] = functions;
  if (functions.length === 1 && only !== undefined) {
    const forms = only.syntax.map((form) => `  ${form}\n`).join('');
    return `${palette.name(only.name)} (${only.category})\n${forms}${only.summary}\n`;
  }
  const sorted = [...functions].sort((a, b) => compareText(a.category, b.category));
  return renderTable(
    {
      columns: ['category', 'syntax', 'what it gives'],
      rows: sorted.flatMap(({ category, syntax, summary }) =>
        syntax.map((form, index) => [category, form, index === 0 ? summary : '']),
      ),
    },
    palette,
  );
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
