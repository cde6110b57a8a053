import { describe, expect, it } from 'vitest';
import { isTemporary, statementKind } from '../../../src/flink/sql/statement-kind.ts';

describe('statementKind', () => {
  it.each([
    ['select 1', 'SELECT', 'harmless'],
    ['( (SELECT 1))', 'SELECT', 'harmless'],
    ['/* a */ WITH x AS (SELECT 1) SELECT * FROM x', 'SELECT', 'harmless'],
    ['VALUES (1)', 'SELECT', 'harmless'],
    ['SHOW TABLES', 'SHOW TABLES', 'harmless'],
    ['DESC t', 'DESCRIBE', 'harmless'],
    ['EXPLAIN INSERT INTO t SELECT 1', 'EXPLAIN', 'harmless'],
    ["SET 'a' = 'b'", 'SET', 'harmless'],
    ['USE CATALOG c', 'USE', 'harmless'],
    ['INSERT INTO t SELECT 1', 'INSERT', 'submits'],
    ['END', 'END', 'submits'],
    ['EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END', 'EXECUTE STATEMENT SET', 'submits'],
    ['EXECUTE INSERT INTO t SELECT 1', 'EXECUTE', 'submits'],
    ['EXECUTE SELECT 1', 'EXECUTE', 'harmless'],
    ["EXECUTE PLAN 'p.json'", 'EXECUTE', 'changes'],
    ['BEGIN STATEMENT SET', 'BEGIN STATEMENT SET', 'changes'],
    ['CREATE TEMPORARY TABLE t (a INT)', 'CREATE TABLE', 'changes'],
    ['CREATE OR REPLACE TEMPORARY SYSTEM FUNCTION f AS x', 'CREATE FUNCTION', 'changes'],
    ['CREATE MATERIALIZED TABLE t AS SELECT 1', 'CREATE MATERIALIZED TABLE', 'changes'],
    ['DROP VIEW v', 'DROP VIEW', 'changes'],
    ['ALTER TABLE t ADD a INT', 'ALTER TABLE', 'changes'],
    ["ADD JAR 'a.jar'", 'ADD JAR', 'changes'],
    ["CALL sys.compact('t')", 'CALL', 'changes'],
    ['DELETE FROM t', 'DELETE', 'changes'],
    ['FROBNICATE', 'FROBNICATE', 'changes'],
  ])('%s', (text, name, effect) => {
    expect(statementKind(text)).toEqual({ name, effect, isForClient: false });
  });

  it.each(['quit', 'EXIT', 'CLEAR', 'help'])('%s is for the client', (text) => {
    expect(statementKind(text)).toMatchObject({ isForClient: true, effect: 'harmless' });
  });

  it.each([
    ['CREATE TEMPORARY VIEW v AS SELECT 1', true],
    ['DROP TEMPORARY TABLE t', true],
    ['CREATE OR REPLACE TEMPORARY FUNCTION f AS x', true],
    ['CREATE TABLE temporary (a INT)', false],
    ['INSERT INTO temporary SELECT 1', false],
  ])('%s is temporary: %s', (text, expected) => {
    expect(isTemporary(text)).toBe(expected);
  });
});
