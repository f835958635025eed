/** @module The commands on a store where something is wrong with the words, the file, or whoever reads what is told. */

import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '../../runtime/node.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import { loadLibsql } from '../../runtime/store/sqlite/libsql.ts';
import { nodeSqlite } from '../../runtime/store/sqlite/node.ts';
import { jsonLines, startUftp, uftp } from '../support/command.ts';
import { assert, suite } from '../support/suite.ts';
import { sentPayload, type Traded, trade } from './trading.ts';

const test = suite('cli: store, wrong words');
const folder = mkdtempSync(join(tmpdir(), 'uftp-store-'));
const file = join(folder, 'agr.sqlite');
let traded: Traded;

test.before(async () => {
  traded = await trade((await sqlite(file)) as Store as never);
});
test.after(() => rmSync(folder, { recursive: true }));

test('commands that read leave a database alone that is no store', async () => {
  const foreign = join(folder, 'foreign.sqlite');
  const open = nodeSqlite() ?? (await loadLibsql());
  const database = open(foreign);
  database.prepare('CREATE TABLE bookkeeping (entry TEXT)').run();
  database.close();
  const before = readFileSync(foreign);
  const commands = [['log'], ['show', 'x'], ['export'], ['retry', '--all']];
  const ran = await Promise.all(commands.map((args) => uftp([...args, '--store', foreign])));
  for (const { code, stderr } of ran) {
    assert.is(code, 2);
    assert.match(stderr, /^uftp: \[store-unavailable\] there is no UFTP store in /);
  }
  assert.equal(readFileSync(foreign), before);
});

test('where nobody reads what is told, the work is done all the same', async () => {
  const own = join(folder, 'unread.sqlite');
  const old = join(folder, 'unread');
  mkdirSync(old);
  writeFileSync(join(old, 'a.xml'), '<FlexOffer/>');
  writeFileSync(join(old, 'b.xml'), sentPayload(traded, traded.request.messageId));
  const child = startUftp(['import', old, '--as', 'AGR:agr.example', '--store', own]);
  child.stderr.destroy();
  const [code] = await once(child, 'close');
  assert.is(code, 1);
  assert.is(jsonLines((await uftp(['export', '--store', own])).stdout).length, 1);
});

test('wrong words give exit code 2 and say what to write', async () => {
  const broken = join(folder, 'broken.xml');
  writeFileSync(broken, '<FlexOffer/>');
  const keys = await generateKeys();
  const cases: readonly (readonly [args: readonly string[], text: RegExp])[] = [
    [['log'], /--store is required, or the variable UFTP_STORE/],
    [['log', '--store', '/nowhere/a.sqlite'], /there is no store \/nowhere\/a\.sqlite/],
    [
      ['log', '--store', file, '--state', 'lost'],
      /--state lost is not one of none, waiting, leased, done, dead/,
    ],
    [
      ['log', '--store', file, '--since', 'monday'],
      /--since: expected a time such as .*, or 24h, not monday/,
    ],
    [
      ['log', '--store', file, '--since', '2026-02-31'],
      /--since: expected a time such as .*, or 24h, not 2026-02-31/,
    ],
    [
      ['log', '--store', file, '--type', 'Flexorder'],
      /--type Flexorder is not one of AGRPortfolioQuery, .*FlexOrder, .*TestMessageResponse\n/,
    ],
    [
      ['send', '-', '--key', keys.privateKey, '--post', 'http://x.example/'],
      /--post: the endpoint http:\/\/x\.example is not https; --insecure allows it\n/,
    ],
    [
      ['log', '--store', file, '--as', 'agr.example'],
      /--as: expected ROLE:DOMAIN, such as AGR:aggregator\.example/,
    ],
    [['show', '--store', file], /show takes one MessageID/],
    [['retry', '--store', file], /retry takes MessageIDs, or --all/],
    [['import', '/nowhere', '--as', 'AGR:a.example', '--store', file], /\/nowhere cannot be read/],
    [
      ['send', broken, '--key', 'x', '--store', file],
      /the payload is not valid, and was not sent\n\/FlexOffer/,
    ],
    [['send', '-', '--key', '{bad', '--store', file], /--key: the text is neither a key nor JSON of a JWK\n/],
    [
      ['send', '-', '--key', 'x', '--store', file, '--post', 'https://x.example/'],
      /give --store or --post, not both/,
    ],
  ];
  const payload = (await uftp(['show', traded.barredId, '--store', file, '--payload'])).stdout;
  const told = await Promise.all(cases.map(([args]) => uftp(args, args.includes('-') ? payload : undefined)));
  for (const [i, [args, text]] of cases.entries()) {
    assert.is(told[i]?.code, 2, args.join(' '));
    assert.match(told[i]?.stderr ?? '', text);
    assert.not.match(told[i]?.stderr ?? '', /\n {4}at /);
  }
});
