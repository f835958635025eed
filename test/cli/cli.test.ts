/** @module The commands, run as a user runs them. */

import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, uftp } from '../support/command.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('cli');
const golden = join(root, '../shared/golden');
const haveGolden = existsSync(golden);
const folder = mkdtempSync(join(tmpdir(), 'uftp-cli-'));
const commands = [
  ...['demo', 'validate', 'open', 'seal', 'keygen', 'generate', 'diff'],
  ...['log', 'show', 'export', 'import', 'send', 'retry'],
];

test.after(() => rmSync(folder, { recursive: true }));

/** Leaves a test out where the golden messages are not there. */
function withGolden(title: string, run: () => Promise<void>): void {
  if (haveGolden) test(title, run);
  else test.skip(title, '../shared/golden is not there');
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const testMessage =
  '<TestMessage Version="3.1.0" SenderDomain="dso.example.com" RecipientDomain="agr.example.com" TimeStamp="2026-11-23T08:00:00Z"' +
  ' MessageID="c92254b5-7ebd-4036-93cf-775e952145cb" ConversationID="bb826184-39a7-4ebb-8a57-39adc7c71600"/>';

test('--help lists every command, and every command has its own', async () => {
  const { code, stdout } = await uftp(['--help']);
  assert.is(code, 0);
  for (const command of commands) {
    assert.match(stdout.toString(), new RegExp(`^  ${command} +\\S`, 'm'));
    const own = await uftp([command, '--help']);
    assert.is(own.code, 0);
    assert.match(own.stdout.toString(), new RegExp(`^uftp ${command}`));
  }
});

test('wrong words give exit code 2, a sentence, and no stack trace', async () => {
  const cases: readonly (readonly [args: readonly string[], text: RegExp])[] = [
    [['bogus'], /there is no command bogus; there are demo/],
    [['__proto__'], /there is no command __proto__/],
    [['validate'], /validate needs at least one file/],
    [
      ['validate', '--bogus', 'x'],
      /unknown option --bogus\nthe options of the command are in uftp validate --help\n$/,
    ],
    [['keygen', '--json=x'], /uftp: Option '--json' does not take an argument\n/],
    [['open', '--key', `${'A'.repeat(43)}=`, '/nowhere.xml'], /\/nowhere\.xml cannot be read/],
    [['open', '--key', '{bad', '-'], /--key: the text is neither a key nor JSON of a JWK\n/],
    [
      ['open', '--key', `${'A'.repeat(86)}==`, '-'],
      /--key: this is a private key; open takes the public key/,
    ],
    [['validate', '--schema', '9.9.9', '-'], /version 9\.9\.9 is not one of 3\.0\.0, 3\.1\.0, 4\.0\.0/],
    [['open', '-'], /--key is required/],
    [['open', '--key', 'AAAA', '-'], /--key: .*3 bytes/],
    [
      ['seal', '--key', 'x', '--domain', 'a.example', '--role', 'BRP', '-'],
      /--role is not one of AGR, CRO, DSO/,
    ],
    [['keygen', 'x'], /keygen takes no file/],
    [['generate', '--xsd', 'x'], /--protocol is required/],
    [['diff', 'x'], /diff takes two/],
    [['demo', 'x'], /demo takes no arguments/],
  ];
  for (const [args, text] of cases) {
    const { code, stdout, stderr } = await uftp(args, '');
    assert.is(code, 2, args.join(' '));
    assert.is(stdout.length, 0);
    assert.match(stderr, text);
    assert.not.match(stderr, /\n +at /);
  }
});

test('validate says VALID with type and version, or INVALID with every issue', async () => {
  const good = file('good.xml', testMessage);
  const bad = file(
    'bad.xml',
    testMessage.replace('MessageID="c9', 'MessageID="x').replace('ConversationID', 'Other'),
  );
  const { code, stdout } = await uftp(['validate', good, bad]);
  assert.is(code, 1);
  const [first, second, ...issues] = stdout.toString().trimEnd().split('\n');
  assert.is(first, `VALID TestMessage 3.1.0  ${good}`);
  assert.is(second, `INVALID  ${bad}`);
  assert.is(issues.length, 3);
  assert.match(issues.join('\n'), /\/TestMessage\/@MessageID pattern: expected .*, received x2254b5/);
  assert.match(issues.join('\n'), /\/TestMessage\/@ConversationID attribute-missing/);
  assert.match(issues.join('\n'), /\/TestMessage\/@Other attribute-unknown/);
});

test('validate --json is an array of judgements, and reads standard input', async () => {
  const { code, stdout } = await uftp(['validate', '--json', '-'], testMessage);
  assert.is(code, 0);
  assert.equal(JSON.parse(stdout.toString()), [
    {
      file: '-',
      valid: true,
      type: 'TestMessage',
      version: '3.1.0',
      schema: '3.1.0',
      issues: [],
      warnings: [],
    },
  ]);
});

test('validate says what a document calls itself, and the version that it was judged by', async () => {
  const newer = testMessage.replace('3.1.0', '3.1.7');
  const { code, stdout } = await uftp(['validate', '-'], newer);
  assert.is(code, 0);
  assert.is(stdout.toString(), 'VALID TestMessage 3.1.7 (judged by 3.1.0)  -\n');
  for (const document of [newer, newer.replace('MessageID', 'Other')]) {
    const [judgement] = JSON.parse((await uftp(['validate', '--json', '-'], document)).stdout.toString());
    assert.equal([judgement.version, judgement.schema], ['3.1.7', '3.1.0']);
  }
});

test('validate judges the other files where one cannot be read', async () => {
  const good = file('readable.xml', testMessage);
  const said = await uftp(['validate', '/nowhere.xml', good]);
  assert.is(said.code, 1);
  assert.is(said.stderr, '');
  const [first, second, third] = said.stdout.toString().split('\n');
  assert.is(first, 'INVALID  /nowhere.xml');
  assert.match(second ?? '', /^ {2}\/nowhere\.xml cannot be read: /);
  assert.is(third, `VALID TestMessage 3.1.0  ${good}`);
  const json = await uftp(['validate', '--json', '/nowhere.xml', good]);
  const [missing, judged] = JSON.parse(json.stdout.toString());
  assert.is(json.code, 1);
  assert.is(missing.valid, false);
  assert.match(missing.error, /\/nowhere\.xml cannot be read/);
  assert.is(judged.valid, true);
  assert.not.ok('error' in judged);
});

test('validate points out an envelope, an unknown version, and what only a correction allows', async () => {
  const envelope = await uftp(
    ['validate', '-'],
    '<SignedMessage SenderDomain="a.example" SenderRole="AGR" Body="AAAA"/>',
  );
  assert.match(envelope.stdout.toString(), /this is an envelope: judge it with --envelope/);
  const short = await uftp(
    ['validate', '--envelope', '-'],
    '<SignedMessage SenderDomain="a.example" SenderRole="AGR" Body="AAAA"/>',
  );
  assert.is(short.code, 1);
  assert.match(short.stdout.toString(), /\/SignedMessage\/@Body length: expected more than 64 bytes/);
  const unknown = testMessage.replace('3.1.0', '9.9.9');
  assert.is((await uftp(['validate', '-'], unknown)).code, 1);
  assert.is((await uftp(['validate', '--official', '-'], unknown)).code, 0);
  assert.is((await uftp(['validate', '--schema', '3.0.0', '-'], unknown)).code, 0);
});

test('keygen makes keys with which seal and open understand one another', async () => {
  const keys = JSON.parse((await uftp(['keygen', '--json'])).stdout.toString());
  assert.is(Buffer.from(keys.privateKey, 'base64').length, 64);
  const secret = file('secret', `${keys.privateKey}\n`);
  const payload = Buffer.from(`\ufeff${testMessage}\n`);
  const sealed = await uftp(
    ['seal', '--key', `@${secret}`, '--domain', 'dso.example.com', '--role', 'DSO', '-'],
    payload,
  );
  assert.is(sealed.code, 0, sealed.stderr);
  assert.is(sealed.stderr, '');
  for (const key of [keys.publicKey, keys.cs1]) {
    const opened = await uftp(['open', '--key', key, '-'], sealed.stdout);
    assert.is(opened.code, 0, opened.stderr);
    assert.ok(opened.stdout.equals(payload), 'exactly the payload bytes');
  }
  const other = JSON.parse((await uftp(['keygen', '--json'])).stdout.toString());
  const refused = await uftp(['open', '--key', other.publicKey, '-'], sealed.stdout);
  assert.is(refused.code, 1);
  assert.is(refused.stdout.length, 0);
  assert.match(refused.stderr, /the signature does not hold/);
});

test('seal warns about a payload that is not valid or not from the domain', async () => {
  const keys = JSON.parse((await uftp(['keygen', '--json'])).stdout.toString());
  const seal = (payload: string) =>
    uftp(['seal', '--key', keys.privateKey, '--domain', 'other.example', '--role', 'DSO', '-'], payload);
  assert.match(
    (await seal(testMessage)).stderr,
    /warning: the payload's SenderDomain is dso\.example\.com, not other\.example/,
  );
  const broken = await seal('<TestMessage/>');
  assert.match(broken.stderr, /warning: the payload is not valid/);
  assert.is(broken.code, 0);
});

withGolden('open writes exactly the payload of a golden envelope', async () => {
  const keys = JSON.parse(readFileSync(join(golden, 'java/keys.json'), 'utf8'));
  const { code, stdout } = await uftp([
    'open',
    '--key',
    keys.DSO.publicKey,
    join(golden, 'java/FlexRequest.signed.xml'),
  ]);
  assert.is(code, 0);
  assert.ok(stdout.equals(readFileSync(join(golden, 'java/FlexRequest.xml'))));
});

withGolden('seal makes the golden envelope of the Java library byte for byte in its Body', async () => {
  const { DSO } = JSON.parse(readFileSync(join(golden, 'java/keys.json'), 'utf8'));
  const payload = join(golden, 'java/FlexRequest.xml');
  const { stdout } = await uftp([
    'seal',
    '--key',
    DSO.privateKey,
    '--domain',
    DSO.domain,
    '--role',
    'DSO',
    payload,
  ]);
  const body = (xml: string): string | undefined => /Body="([^"]*)"/.exec(xml)?.[1];
  assert.is(body(stdout.toString()), body(readFileSync(join(golden, 'java/FlexRequest.signed.xml'), 'utf8')));
});

withGolden('validate agrees with the official verdict of the manifest for every golden file', async () => {
  const manifest = JSON.parse(readFileSync(join(golden, 'python/manifest.json'), 'utf8'));
  const schemas = { '3.0.0': 'V3.0.0', '3.1.0': 'V3.1.0', next: 'HEAD' } as const;
  for (const [schema, column] of Object.entries(schemas)) {
    const names = Object.keys(manifest).filter(
      (name) => name.startsWith('3.1.0/') && existsSync(goldenFile(name)),
    );
    const { stdout } = await uftp([
      'validate',
      '--json',
      '--official',
      '--schema',
      schema,
      ...names.map(goldenFile),
    ]);
    const verdicts = JSON.parse(stdout.toString()) as readonly {
      readonly file: string;
      readonly valid: boolean;
    }[];
    assert.is(verdicts.length, names.length);
    for (const [i, name] of names.entries()) {
      assert.is(verdicts[i]?.valid, manifest[name].schema[column] === true, `${name} by ${schema}`);
    }
  }
});

function goldenFile(name: string): string {
  return join(golden, 'python', `${name.replace('3.1.0/', '')}.xml`);
}

test('generate writes a version, --check finds drift, and a construct it does not know writes nothing', async () => {
  const out = join(folder, 'generated');
  const options = ['--xsd', 'schemas/3.1.0', '--protocol', 'schemas/3.1.0/protocol.json', '--out', out];
  const made = await uftp(['generate', ...options]);
  assert.is(made.code, 0, made.stderr);
  assert.match(made.stdout.toString(), /^UFTP 3\.1\.0: \d+ files, \d+ written/);
  assert.is((await uftp(['generate', '--check', ...options])).code, 0);
  appendFileSync(join(out, 'roles.ts'), '// changed\n');
  assert.is((await uftp(['generate', '--check', ...options])).code, 1);
  const broken = mkdtempSync(join(folder, 'xsd-'));
  for (const name of readdirSync(join(root, 'schemas/3.1.0')).filter((one) => one.endsWith('.xsd'))) {
    const text = readFileSync(join(root, 'schemas/3.1.0', name), 'utf8');
    writeFileSync(
      join(broken, name),
      name === 'UFTP-metering.xsd'
        ? text.replace('<xs:sequence>', '<xs:choice>').replace('</xs:sequence>', '</xs:choice>')
        : text,
    );
  }
  const nowhere = join(folder, 'nowhere');
  const refused = await uftp([
    'generate',
    '--xsd',
    broken,
    '--protocol',
    'schemas/3.1.0/protocol.json',
    '--out',
    nowhere,
  ]);
  assert.is(refused.code, 2);
  assert.match(refused.stderr, /UFTP-metering\.xsd:\d+: .*choice/);
  assert.not.ok(existsSync(nowhere));
});

test('diff tells in words what changed, and whether it breaks', async () => {
  const { code, stdout } = await uftp(['diff', 'schemas/3.0.0', 'schemas/3.1.0']);
  assert.match(stdout.toString(), /FlexOffer.*Unsolicited/);
  assert.match(stdout.toString(), /\d+ changes, \d+ of them breaking/);
  assert.ok(code === 0 || code === 1);
  const same = await uftp(['diff', '--json', 'schemas/3.1.0', 'generated/3.1.0/ir.json']);
  assert.is(same.code, 0, same.stderr);
  assert.equal(JSON.parse(same.stdout.toString()), []);
});
