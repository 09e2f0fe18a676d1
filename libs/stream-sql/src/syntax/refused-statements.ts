import type { Cursor } from './cursor.ts';
import { refuse } from './problem.ts';

/** Statements of Flink SQL outside the language, by their first words; what to write instead. The first that fits is taken. */
const REFUSED: readonly (readonly [words: string, hint: string])[] = [
  ['ALTER', 'change the CREATE statement in the text: a job has no tables beside its text'],
  ['CREATE OR REPLACE', 'write CREATE TABLE or CREATE VIEW'],
  ['CREATE OR ALTER', 'write CREATE TABLE or CREATE VIEW'],
  ['CREATE CATALOG', 'leave it out: tables are declared by CREATE TABLE in the job itself'],
  ['CREATE DATABASE', 'leave it out: tables are declared by CREATE TABLE in the job itself'],
  ['CREATE FUNCTION', 'write the expression out, or a view with it'],
  ['CREATE TEMPORARY FUNCTION', 'write the expression out, or a view with it'],
  ['CREATE TEMPORARY SYSTEM FUNCTION', 'write the expression out, or a view with it'],
  ['CREATE MATERIALIZED', 'write CREATE TABLE and INSERT INTO ... SELECT'],
  ['CREATE MODEL', 'call the model from a service of your own and join its answers'],
  ['CREATE TEMPORARY MODEL', 'call the model from a service of your own and join its answers'],
  ['CREATE CONNECTION', 'write the options into WITH (...) of the table'],
  ['CREATE TEMPORARY CONNECTION', 'write the options into WITH (...) of the table'],
  ['DROP CATALOG', 'leave it out'],
  ['DROP DATABASE', 'leave it out'],
  ['DROP FUNCTION', 'leave it out'],
  ['DROP TEMPORARY FUNCTION', 'leave it out'],
  ['DROP TEMPORARY SYSTEM', 'leave it out'],
  ['DROP MATERIALIZED', 'leave it out'],
  ['DROP MODEL', 'leave it out'],
  ['DROP CONNECTION', 'leave it out'],
  ['USE', 'leave it out: a job has one database of its own'],
  ['LOAD MODULE', 'leave it out: the built-in functions are always there'],
  ['UNLOAD MODULE', 'leave it out: the built-in functions are always there'],
  ['ADD JAR', 'leave it out: connectors and formats are built in'],
  ['REMOVE JAR', 'leave it out: connectors and formats are built in'],
  ['ANALYZE', 'leave it out: plans do not depend on statistics'],
  ['TRUNCATE', 'empty the table where it is stored'],
  ['UPDATE', 'write INSERT INTO a table with a PRIMARY KEY: a row replaces the one with its key'],
  ['DELETE', 'write INSERT INTO: rows that an updating query takes back are deleted by their key'],
  ['MERGE', 'write INSERT INTO a table with a PRIMARY KEY: a row replaces the one with its key'],
  ['UPSERT', 'write INSERT INTO a table with a PRIMARY KEY: a row replaces the one with its key'],
  ['CALL', 'leave it out: there are no procedures'],
  ['COMPILE', 'a job is compiled when it is saved'],
  ['EXECUTE PLAN', 'write the INSERT INTO itself'],
  ['EXECUTE IMMEDIATE', 'write the statement itself'],
  ['STOP JOB', 'stop the job in the console'],
  ['REFRESH', 'leave it out: results are always kept up to date'],
  ['REPLACE TABLE', 'write CREATE TABLE'],
  ['GRANT', 'rights are given in the console'],
  ['REVOKE', 'rights are taken in the console'],
];

/** Refuses the statement that begins here when it is one that is outside the language. */
export function refuseStatement(cursor: Cursor): void {
  const found = REFUSED.find(([words]) => cursor.isWords(words));
  if (found === undefined) return;
  const [words, hint] = found;
  const count = words.split(' ').length;
  // For example ALTER TABLE, where only ALTER is in the list.
  const next = cursor.peek(count);
  const longer = words === 'ALTER' && next.kind === 'word';
  const { endLine, endColumn } = (longer ? next : cursor.peek(count - 1)).at;
  refuse({ ...cursor.at, endLine, endColumn }, longer ? `${words} ${next.text}` : words, hint);
}
