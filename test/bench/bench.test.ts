import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { XmlDocument } from 'libxml2-wasm';
import { root } from '../api/entries.ts';
import { postgresFolder } from '../support/postgres.ts';
import { assert, suite } from '../support/suite.ts';
import { measure } from './measure.ts';
import { readOptions } from './options.ts';
import { backlogPlot, ispsPlot, requestsPlot } from './plot.ts';
import { tables } from './print.ts';
import type { Report } from './report.ts';
import { rowsOf } from './servers.ts';
import { measureStores, storesInWords } from './stores.ts';

const test = suite('bench');

let report: Report;

test.before(async () => {
  report = await measure(
    {
      ...{ rounds: 1, warmUps: 0, requests: 20, sampleMs: 1 },
      ...{ isps: [1, 100], runtimes: ['node'], peer: false },
    },
    () => {},
  );
});

/** The members of a row that are figures. */
function figures(row: object): readonly (readonly [name: string, figure: number])[] {
  return Object.entries(row).filter((member): member is [string, number] => typeof member[1] === 'number');
}

test('a round of each row gives figures above nothing, all that the report promises', () => {
  const { http, stages, signatures, isps } = report;
  const expected: Readonly<Record<string, readonly [rows: readonly object[], figures: readonly string[]]>> = {
    http: [http, ['requestsPerSecond', 'cpuUs', 'toBaseline']],
    stages: [
      stages,
      [
        'bytes',
        'envelopeUs',
        'nativeVerifyUs',
        'verifyUs',
        'verifyRatio',
        'readUs',
        'encodeUs',
        'signUs',
      ].concat(['fastXmlParserUs', 'libxml2Us']),
    ],
    signatures: [signatures, ['verifyUs', 'verifyAt64Us', 'verifyAt64ClockUs', 'signUs']],
    isps: [isps, ['isps', 'bytes', 'readUs', 'encodeUs', 'fastXmlParserUs', 'libxml2Us']],
  };
  for (const [name, [rows, names]] of Object.entries(expected)) {
    assert.ok(rows.length > 1, name);
    for (const row of rows) {
      assert.equal(
        figures(row).map(([one]) => one),
        names,
        name,
      );
      for (const [one, figure] of figures(row))
        assert.ok(
          Number.isFinite(figure) && figure > 0,
          `${name}: ${one} is ${figure}: ${JSON.stringify(row)}`,
        );
    }
  }
});

test('there is a row for each server, message, backend and number of ISPs', () => {
  assert.equal(
    report.http.map(({ name }) => name),
    rowsOf('node').map(({ name }) => name),
  );
  assert.equal(
    report.stages.map(({ message }) => message),
    ['FlexOffer', 'FlexRequest', 'D-Prognosis', 'FlexOfferResponse'],
  );
  assert.equal(report.signatures.map(({ backend }) => backend).slice(0, 3), ['node', 'webcrypto', 'noble']);
  assert.equal(
    report.isps.map(({ isps }) => isps),
    [1, 100],
  );
  const baseline = report.http.find((_, i) => rowsOf('node')[i]?.isBaseline);
  assert.is(baseline?.toBaseline, 1);
});

test('the report is JSON, and says where it was measured', () => {
  assert.equal(JSON.parse(JSON.stringify(report)), report);
  assert.is(report.format, 1);
  assert.is(report.machine.node, process.versions.node);
});

test('the tables have a line for each row', () => {
  const text = tables(report);
  for (const { name } of report.http) assert.ok(text.includes(name), name);
  const rows = [report.http, report.stages, report.signatures, report.isps].flat();
  assert.is(
    text
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '').length,
    rows.length + 2 * 4,
  );
});

test('the plots are XML, with a bar for each server and a line for each way to read or write', () => {
  const count = (svg: string, path: string): number => {
    const document = XmlDocument.fromString(svg);
    try {
      return document.find(path, { svg: 'http://www.w3.org/2000/svg' }).length;
    } finally {
      document.dispose();
    }
  };
  assert.is(count(requestsPlot(report.http), '//svg:rect[@x]'), report.http.length);
  assert.is(count(ispsPlot(report.isps), '//svg:polyline'), 4);
  assert.not.match(requestsPlot(report.http) + ispsPlot(report.isps), /NaN|Infinity|undefined/);
});

test('stores are measured against memory, round by round, and a backlog as it grows less', async () => {
  const names: string[] = [];
  const options = { rounds: 1, requests: 20, old: 40 };
  const report = await measureStores(options, (what) => names.push(what));
  const inPostgres = postgresFolder() === undefined ? [] : ['PostgreSQL, one node', 'PostgreSQL, 2 nodes'];
  assert.equal(
    report.tables.map(({ rows }) => rows.map(({ name }) => name)),
    [
      ['in memory', 'SQLite, group commit', 'SQLite, a commit per message', ...inPostgres],
      ['an empty store', 'a store of 40 messages'],
    ],
  );
  for (const { name, ...own } of report.tables.flatMap(({ rows }) => rows))
    assert.ok(
      figures(own).every(([, figure]) => Number.isFinite(figure) && figure > 0),
      `${name}: ${JSON.stringify(own)}`,
    );
  assert.equal(
    report.backlog.map(({ left }) => left),
    Array.from({ length: 20 }, (_, i) => 40 - 2 * i),
  );
  assert.match(storesInWords(report), /^received a second[\s\S]*delivered a second/);
  assert.ok(names.includes('in memory: round 1 of 1'));
  assert.match(backlogPlot(report.backlog), /<polyline points="80\.0,/);
  assert.not.match(backlogPlot(report.backlog), /NaN|Infinity|undefined/);
});

test('options are checked', () => {
  assert.is(readOptions([])?.rounds, 5);
  assert.is(readOptions(['--help']), undefined);
  const given = readOptions(['--rounds', '2', '--requests', '30', '--out', '/tmp/x', '--peer', '--runtimes']);
  assert.equal(given, {
    rounds: 2,
    requests: 30,
    out: '/tmp/x',
    peer: true,
    runtimes: true,
    store: false,
    old: 0,
  });
  assert.is(readOptions(['--store', '--old', '200000'])?.old, 200_000);
  for (const wrong of [
    ['--rounds', '0'],
    ['--rounds', '1.5'],
    ['--requests', '1e3'],
    ['--rounds'],
    ['--fast'],
    ['--old', '10'],
    ['x'],
  ])
    assert.throws(
      () => readOptions(wrong),
      (error: unknown) => error instanceof TypeError,
      wrong.join(' '),
    );
});

for (const [args, code, output] of [
  [['--help'], 0, /^npm run bench -- \[OPTION…\][\s\S]*--requests N/],
  [
    ['--rounds', 'many'],
    2,
    /^bench: --rounds: expected a whole number from 1 to 1000, got many; see --help\n$/,
  ],
  [['--out', join(root, 'package.json', 'x')], 1, /^bench: ENOTDIR/],
] as const) {
  test(`npm run bench -- ${args[0]} ends with ${code}`, async () => {
    const ran = await run(args);
    assert.match(ran.output, output);
    assert.is(ran.code, code);
  });
}

async function run(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const flags = ['--conditions=shapeshifter-uftp-source', '--import', 'tsx', 'test/bench/main.ts'];
  const child = spawn(process.execPath, [...flags, ...args], { cwd: root });
  let output = '';
  child.stdout.on('data', (part: Buffer) => {
    output += part.toString();
  });
  child.stderr.on('data', (part: Buffer) => {
    output += part.toString();
  });
  return new Promise((resolve, fail) => {
    child.once('error', fail);
    child.once('close', (code) => resolve({ code, output }));
  });
}
