/** @module Asks SQLite how it would find the rows of every statement of the store; writes where it is by no index. */

import type { Filter, Store } from '../../../runtime/ports/store.ts';
import { conformance } from '../../../runtime/store/conformance.ts';
import type { SqlTx } from '../../../runtime/store/sqlite/driver.ts';
import { SqlFile } from '../../../runtime/store/sqlite/file.ts';
import { Group } from '../../../runtime/store/sqlite/group.ts';
import { fileHost } from '../../../runtime/store/sqlite/host-node.ts';
import { migrations } from '../../../runtime/store/sqlite/migrations.ts';
import { nodeSqlite } from '../../../runtime/store/sqlite/node.ts';
import { sqlStore } from '../../../runtime/store/sqlite/store.ts';
import { own } from '../../store/sqlite/own.ts';

/** Tables of few rows, and what is no table. */
const small = /^SCAN (uftp_counter|uftp_participant|uftp_partner|uftp_schema|json_each|own|CONSTANT ROW)\b/;
const slow = /^SCAN |TEMP B-TREE|AUTOMATIC/;

const found = nodeSqlite();
if (found === undefined) throw new Error('this Node has no node:sqlite');
const open = found;
const statements = new Set<string>();

/** A file in memory that notes what it is asked. */
function noting(): SqlFile {
  return new SqlFile(':memory:', {
    ...fileHost,
    open(path) {
      const connection = open(path);
      return {
        prepare(sql) {
          if (!migrations.flat().includes(sql)) statements.add(sql);
          return connection.prepare(sql);
        },
        close: () => connection.close(),
      };
    },
  });
}

function fresh(): Store<SqlTx> {
  const file = noting();
  return sqlStore(file, (hooks) => new Group(file, hooks));
}

for (const { run } of conformance(async () => fresh(), { insideMayWait: false, own })) await run();

const plain: Filter = { participant: { domain: 'dso.example', role: 'DSO' } };
const parts: readonly Filter[] = [
  { partner: { domain: 'agr.example', role: 'AGR' } },
  { partner: { domain: 'agr.example' } },
  { partner: { role: 'AGR' } },
  { direction: 'in' },
  { type: 'FlexOffer' },
  { conversationId: 'c' },
  { messageId: 'm' },
  { answers: 'm' },
  { state: 'dead' },
  { state: 'done' },
  { since: 1 },
  { until: 2 },
  { after: '1:1' },
];
const store = fresh();
const { message } = await import('../../../runtime/store/conformance/stage.ts');
await store.commit({ received: message('m') });
for (const one of parts) for (const other of parts) await store.list({ ...plain, ...one, ...other });

const asked = new SqlFile(':memory:', { ...fileHost, open });
asked.run('CREATE TABLE own (value TEXT)');
const findings: string[] = [];
for (const sql of [...statements].filter((text) => /^\s*(SELECT|UPDATE|DELETE|INSERT)/.test(text))) {
  for (const { detail } of asked.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)) {
    if (slow.test(detail) && !small.test(detail)) findings.push(`${detail}: ${sql.replace(/\s+/g, ' ')}`);
  }
}
console.log(JSON.stringify({ statements: statements.size, findings }));
