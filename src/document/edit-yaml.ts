/**
 * Changes single places of a YAML text; comments and the order of everything else stay. All keys
 * and values are texts here, as in loadDocument: a name such as 1.20 or null stays one.
 */
import { Document, isScalar, parseDocument } from 'yaml';

export interface YamlEdit {
  /** Keys from the root on. */
  readonly path: readonly string[];
  /** Undefined: the place is removed. */
  readonly value: unknown;
}

export type EditedYaml =
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** `text`: one that loadDocument accepts, or empty. */
export function editYaml(text: string, edits: readonly YamlEdit[]): EditedYaml {
  const parsed = parseDocument(text, { schema: 'failsafe' });
  // Nothing but comments, which stay in front.
  const [document, before] =
    parsed.contents === null ? [new Document({}, { schema: 'failsafe' }), text] : [parsed, ''];
  for (const { path, value } of edits) {
    if (value === undefined) {
      if (document.hasIn(path)) document.deleteIn(path);
    } else {
      set(document, path, asTexts(value));
    }
  }
  try {
    return { kind: 'edited', text: `${before}${document.toString({ lineWidth: 0 })}` };
  } catch (error) {
    // An alias to an anchor that an edit took away.
    return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) };
  }
}

function set(document: Document, path: readonly string[], value: unknown): void {
  const there = document.getIn(path, true);
  if (isScalar(there) && typeof value === 'string') {
    // The comment beside it stays; quotes come as the new text needs them.
    there.value = value;
    delete there.type;
    return;
  }
  for (let depth = 1; depth < path.length; depth++) {
    const parent = document.getIn(path.slice(0, depth), true);
    // `contexts:` with nothing behind it.
    if (isScalar(parent) && parent.value === '') {
      document.setIn(path.slice(0, depth), document.createNode({}));
    }
  }
  document.setIn(path, document.createNode(value));
}

function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => asTexts(item));
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asTexts(item)]));
}
