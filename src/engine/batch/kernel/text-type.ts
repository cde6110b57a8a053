/** Whether a type is text, so that its bytes are UTF-8. */
import type { LogicalType } from '../../../expression/type.ts';

export function isTextType(type: LogicalType): boolean {
  return type.root === 'CHAR' || type.root === 'VARCHAR';
}
