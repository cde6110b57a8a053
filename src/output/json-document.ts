/** Results as JSON text: one indented document, or one line per value. */

/** The version of all JSON that drey prints; a key that changes its meaning raises it. */
const SCHEMA_VERSION = 1;

/** The document of a result, its version first, with a newline at the end. */
export function jsonDocument(result: object): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...result }, null, 2)}\n`;
}

/** The same on one line. */
export function versionedLine(result: object): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...result })}\n`;
}
