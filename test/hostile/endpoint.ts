/** Which endpoint a request goes to: method and path, with placeholders for what names a thing. */
import type { HostileRequest } from '../support/hostile-server.ts';

const placeholders: readonly (readonly [RegExp, string])[] = [
  [/\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?=\/|$)/g, '/:handle'],
  [/\/[0-9a-f]{32}(?=\/|$)/g, '/:id'],
  [/\/\d+(?=\/|$)/g, '/:n'],
  [/(?<=^\/jars)\/(?!upload)[^/]+/, '/:jar'],
  [/(?<=^\/taskmanagers)\/[^/]+/, '/:taskmanager'],
  [/(?<=\/logs)\/[^/]+/, '/:name'],
];

export function endpointOf({ method, path }: Pick<HostileRequest, 'method' | 'path'>): string {
  const below = path.replace(/^.*?\/flink(?=\/)/, '').replace(/^\/v\d+(?=\/)/, '');
  return `${method} ${placeholders.reduce((text, [pattern, name]) => text.replace(pattern, name), below)}`;
}
