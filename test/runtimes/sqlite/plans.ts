/** @module Asks SQLite how it would find the rows of every statement of the store; writes where it is by no index. */

import type { Filter } from '../../../runtime/ports/store.ts';
import { conformance } from '../../../runtime/store/conformance.ts';
import { sqlStore } from '../../../runtime/store/sqlite.ts';
import type { SqlDriver } from '../../../runtime/store/sqlite-driver.ts';
import { fileDriver } from '../../../runtime/store/sqlite-file.ts';
import { nodeSqlite } from '../../../runtime/store/sqlite-node.ts';
import { own } from '../../store/sqlite/own.ts';

/** Tables of few rows, and what is no table. */
const small = /^SCAN (uftp_counter|uftp_participant|uftp_partner|uftp_schema|json_each|own|CONSTANT ROW)\b/;
const slow = /^SCAN |TEMP B-TREE|AUTOMATIC/;

const open = nodeSqlite();
if (open === undefined) throw new Error('this Node has no node:sqlite');
const memory = (): SqlDriver => fileDriver(':memory:', open);
const statements = new Set<string>();

/** A driver that notes what it is asked. */
function noting(): SqlDriver {
  const driver = memory();
  return {
    ...driver,
    run(sql, params) {
      statements.add(sql);
      driver.run(sql, params);
    },
    all(sql, params) {
      statements.add(sql);
      return driver.all(sql, params);
    },
  };
}

for (const { run } of conformance(async () => sqlStore(noting()), { insideMayWait: false, own })) await run();

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
const store = sqlStore(noting());
const { message } = await import('../../../runtime/store/conformance/stage.ts');
await store.commit({ received: message('m') });
for (const one of parts) for (const other of parts) await store.list({ ...plain, ...one, ...other });

const asked = memory();
sqlStore(asked);
asked.run('CREATE TABLE own (value TEXT)');
const findings: string[] = [];
for (const sql of [...statements].filter((text) => /^\s*(SELECT|UPDATE|DELETE|INSERT)/.test(text))) {
  for (const { detail } of asked.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)) {
    if (slow.test(detail) && !small.test(detail)) findings.push(`${detail}: ${sql.replace(/\s+/g, ' ')}`);
  }
}
console.log(JSON.stringify({ statements: statements.size, findings }));
