/** Changes single places of a YAML text; comments and the order of everything else stay. */
import { Document, parseDocument } from 'yaml';

export interface YamlEdit {
  /** Keys from the root on. */
  readonly path: readonly string[];
  /** Undefined: the place is removed. */
  readonly value: unknown;
}

/** The text must be one that loadDocument accepts, or empty. */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  const parsed = parseDocument(text);
  // Nothing but comments, which stay in front.
  const [document, before] = parsed.contents === null ? [new Document({}), text] : [parsed, ''];
  for (const { path, value } of edits) {
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, document.createNode(value));
  }
  return `${before}${document.toString({ lineWidth: 0 })}`;
}
