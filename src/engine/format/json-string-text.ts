/** A string as Jackson writes it: short escapes where there are some, else \u00XX, in capitals. */

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

/** The escape of a control character, quote or backslash. */
export function jsonEscape(character: string): string {
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return shortEscapes[character] ?? `\\u${code}`;
}

/** `text` between quotes. */
export function jsonStringText(text: string): string {
  // Control characters are what is looked for.
  // oxlint-disable-next-line no-control-regex
  return `"${text.replaceAll(/["\\\u0000-\u001f]/g, jsonEscape)}"`;
}
