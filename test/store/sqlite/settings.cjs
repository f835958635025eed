/**
 * @module Preloaded into a process and its threads, which on Node 20 take no TypeScript for that: each connection to a
 * SQLite file tells how it is set when it is closed, as a line of JSON in the file that SETTINGS names.
 */

const { appendFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const asked = ['journal_mode', 'synchronous', 'fullfsync', 'checkpoint_fullfsync'];
const Connection = process.getBuiltinModule?.('node:sqlite')?.DatabaseSync ?? require('libsql');
const { close } = Connection.prototype;

Connection.prototype.close = function () {
  const settings = asked.map((name) => [name, this.prepare(`PRAGMA ${name}`).get()[name]]);
  const told = { isMainThread, ...Object.fromEntries(settings) };
  appendFileSync(process.env.SETTINGS, `${JSON.stringify(told)}\n`);
  close.call(this);
};
