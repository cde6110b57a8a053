import { describe, expect, it } from 'vitest';
import { UnreachableError } from '../../../src/errors/drey-error.ts';
import { parseExactJson } from '../../../src/flink/model/exact-json.ts';
import {
  commonVersion,
  decodeApiVersions,
  decodeOperationHandle,
  decodeSessionHandle,
} from '../../../src/flink/model/sql-gateway.ts';
import { decodeResultPage } from '../../../src/flink/model/sql-result.ts';
import { gatewayRecording, gatewayVersions } from '../../support/recorded-gateway.ts';

describe.each(gatewayVersions)('pages of a gateway of %s', (version) => {
  const { statements } = gatewayRecording(version);
  const pages = Object.entries(statements).flatMap(([name, entry]) =>
    entry.pages
      .filter(({ status }) => status === 200)
      .map(({ path, body }) => {
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        const token = Number(/\/result\/(\d+)/.exec(path)?.[1]);
        return { name, page: decodeResultPage(parseExactJson(text), token) };
      }),
  );

  it('can all be read', () => {
    expect(new Set(pages.map(({ name }) => name)).size).toBeGreaterThan(12);
    expect(pages.filter(({ page }) => page.kind === 'rows').length).toBeGreaterThan(20);
  });

  it('have the kinds of changes', () => {
    const rows = pages.flatMap(({ name, page }) =>
      name === 'changelog' && page.kind === 'rows' ? page.rows : [],
    );
    expect(rows.map(({ op }) => op)).toEqual(['+I', '+I', '-U', '+U']);
  });

  it('tell a query from what the gateway answers itself, and OK from content', () => {
    const kinds = new Map(
      pages.flatMap(({ name, page }) =>
        page.kind === 'rows' ? [[name, [page.isQuery, page.hasContent]] as const] : [],
      ),
    );
    expect(kinds.get('types')).toEqual([true, true]);
    expect(kinds.get('show')).toEqual([false, true]);
    expect(kinds.get('create')).toEqual([false, false]);
  });
});

const PAGE = {
  resultType: 'PAYLOAD',
  isQueryResult: true,
  resultKind: 'SUCCESS_WITH_CONTENT',
  jobID: 'no id',
  results: {
    columns: [{ name: 'a', logicalType: { type: 'NEWTYPE', nullable: false } }],
    data: [{ kind: 'INSERT', fields: [1] }],
  },
  nextResultUri: '/v4/result/3?rowFormat=JSON',
};

describe('decodeResultPage', () => {
  it('reads what later versions may send', () => {
    expect(decodeResultPage({ ...PAGE, more: [] }, 2)).toMatchObject({
      nextToken: 3,
      jobId: null,
      columns: [{ name: 'a', type: 'NEWTYPE NOT NULL' }],
    });
  });

  it.each([
    ['of an unknown kind', { ...PAGE, resultType: 'MAYBE' }],
    ['without the next page', { ...PAGE, nextResultUri: undefined }],
    ['that repeats itself', { ...PAGE, nextResultUri: '/result/2' }],
    ['that leaves pages out', { ...PAGE, nextResultUri: '/result/4' }],
    ['with a huge number', { ...PAGE, nextResultUri: `/result/${'9'.repeat(40)}` }],
    [
      'with a row of an unknown kind',
      { ...PAGE, results: { ...PAGE.results, data: [{ kind: 'UPSERT', fields: [1] }] } },
    ],
    [
      'with too short a row',
      { ...PAGE, results: { ...PAGE.results, data: [{ kind: 'INSERT', fields: [] }] } },
    ],
    ['with a column without a type', { ...PAGE, results: { columns: [{ name: 'a' }] } }],
    [
      'with types in types',
      { ...PAGE, results: { columns: [{ name: 'a', logicalType: deep(80) }] } },
    ],
    ['that is a list', []],
  ])('refuses a page %s', (_what, answer) => {
    expect(() => decodeResultPage(answer, 2)).toThrow(UnreachableError);
  });
});

describe('what the gateway says beside results', () => {
  it.each([
    [[1, 2, 3, 4, 5], 4],
    [[1, 2], 2],
    [[1], null],
    [[5], null],
  ])('of the versions %j it is %s that is spoken', (offered, spoken) => {
    expect(commonVersion(offered)).toBe(spoken);
  });

  it('reads versions in any case, and passes over others', () => {
    expect(decodeApiVersions({ versions: ['V1', 'v2', 'next'] })).toEqual([1, 2]);
    expect(() => decodeApiVersions({ versions: ['next'] })).toThrow(UnreachableError);
  });

  it.each(['', '../x', 'not-a-uuid', '00000000-0000-4000-8000-00000000000g'])(
    'takes no handle %j, which goes into paths',
    (handle) => {
      expect(() => decodeSessionHandle({ sessionHandle: handle })).toThrow(UnreachableError);
      expect(() => decodeOperationHandle({ operationHandle: handle })).toThrow(UnreachableError);
    },
  );
});

function deep(depth: number): object {
  return depth === 0
    ? { type: 'INTEGER', nullable: true }
    : { type: 'ARRAY', nullable: true, elementType: deep(depth - 1) };
}
