/** What is wrong with the address of a cluster, a gateway or a proxy. */
import { normaliseBaseUrl } from '../../flink/rest/rest-target.ts';

/** Follows the name of what holds the address. Null: it is a good base URL. */
export function urlProblem(text: string): string | null {
  if (normaliseBaseUrl(text) === null) {
    return `is ${JSON.stringify(harmless(text))} and no http or https URL`;
  }
  const { username, password, search, hash } = new URL(text);
  if (username !== '' || password !== '') {
    return 'holds a user or a password, which logs and shells keep; a context refers to them';
  }
  return search === '' && hash === '' ? null : 'has a query or a fragment';
}

/** Without what looks like user and password, or like a query, whatever else is wrong. */
function harmless(text: string): string {
  return text.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1[hidden]@').replace(/[?#].*$/s, '');
}
