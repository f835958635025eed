/** @module The JSON form is the Python library's: we read what it writes, write what it writes, and it reads what we write. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromJson, toJson } from '../../runtime/codec/json.ts';
import { decode, rowOf } from '../../runtime/codec/message.ts';
import type { Message, Protocol } from '../../runtime/roles.ts';
import { protocols, samples } from '../codec/samples.ts';
import { absent } from '../codec/shared.ts';
import { assert, suite } from '../support/suite.ts';
import { readGolden } from './files.ts';

const test = suite('golden: JSON');
const protocol: Protocol = protocols['3.1.0'];

/** TestMessageResponse aside, whose JSON holds the Result that no schema has. */
const messages = readGolden()?.messages.flatMap(({ name, bytes, json, verdicts }) =>
  json === undefined || verdicts['3.1.0'] !== true
    ? []
    : [{ name, json, message: decode(bytes, [protocol], { official: true }) }],
);

if (messages === undefined) test.skip('It is what the Python library writes.', absent);
else {
  test(`The ${messages.length} golden JSON texts read to the same messages as the XML beside them.`, () => {
    assert.ok(messages.length >= 24);
    for (const { name, json, message } of messages) {
      assert.equal(fromJson(json, message.$type, protocol), message, name);
      assert.equal(fromJson(JSON.parse(json), message.$type, protocol), message, name);
    }
  });

  test('What is written of them equals the golden JSON, nulls, empty arrays and decimals as numbers aside.', () => {
    for (const { name, json, message } of messages) {
      assert.equal(comparable(JSON.parse(toJson(message, protocol))), comparable(JSON.parse(json)), name);
    }
  });

  test('The golden TestMessageResponse is refused for its Result.', () => {
    const golden = readGolden()?.messages.find(({ name }) => name === 'python/TestMessageResponse');
    assert.throws(
      () => fromJson(golden?.json, 'TestMessageResponse', protocol),
      (error: { issues?: { code: string; path: string }[] }) =>
        error.issues?.map(({ code, path }) => `${code} ${path}`).join() ===
        'attribute-unknown /TestMessageResponse/@Result',
    );
  });
}

/** Without nulls and empty arrays, which say nothing; a number with a fraction as a string. */
function comparable(json: unknown): unknown {
  if (typeof json === 'number' && !Number.isInteger(json)) return String(json);
  if (Array.isArray(json)) return json.map(comparable);
  if (typeof json !== 'object' || json === null) return json;
  const said = Object.entries(json).filter(
    ([, value]) => value !== null && (value as { length?: unknown }).length !== 0,
  );
  return Object.fromEntries(said.map(([key, value]) => [key, comparable(value)]));
}

const venv = fileURLToPath(new URL('../../.venv', import.meta.url));

/** Reads lines of [class, JSON text]; writes what the library makes of each: [JSON text, XML]. */
const script = `
import json, logging, sys
logging.disable(logging.CRITICAL)
from shapeshifter_uftp import transport, uftp
for line in sys.stdin:
    name, text = json.loads(line)
    message = transport.from_json(text, getattr(uftp, name))
    print(json.dumps([transport.to_json(message), transport.to_xml(message)]))
`;

function throughPython(given: readonly Message[]): { json: string; xml: string }[] {
  const lines = given.map((one) => JSON.stringify([rowOf(one.$type, protocol).key, toJson(one, protocol)]));
  const ran = spawnSync(`${venv}/bin/python`, ['-W', 'error', '-c', script], {
    input: lines.join('\n'),
    encoding: 'utf8',
  });
  assert.is(ran.status, 0, ran.stderr);
  return ran.stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [json, xml] = JSON.parse(line) as [string, string];
      return { json, xml };
    });
}

/** The library gives TestMessageResponse a Result of its own. */
const written = samples('3.1.0').filter(({ $type }) => $type !== 'TestMessageResponse');
const amounts = ['price', 'penalty', 'netSettlement'];

/** The same with four digits behind the point of every amount, as the library writes them. */
function padded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(padded);
  if (typeof value !== 'object' || value === null) return value;
  const pad = (amount: string): string => {
    const [whole, fraction = ''] = amount.split('.');
    return `${whole}.${fraction.padEnd(4, '0')}`;
  };
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, amounts.includes(key) ? pad(one) : padded(one)]),
  );
}

if (!existsSync(`${venv}/requirements.sha256`)) {
  test.skip('The Python library reads what we write.', '.venv is absent: npm run test:interop makes it');
} else {
  test('The Python library reads what we write: its XML of a message of every type says the same.', () => {
    for (const [i, { xml }] of throughPython(written).entries()) {
      const message = decode(new TextEncoder().encode(xml), [protocol]);
      assert.equal(message, padded(written[i]), written[i]?.$type);
    }
  });

  if (messages !== undefined) {
    test('The Python library reads what we write of its own messages, and writes the golden JSON again.', () => {
      const given = messages.map(({ message }) => message);
      for (const [i, { json }] of throughPython(given).entries()) {
        assert.equal(comparable(JSON.parse(json)), comparable(JSON.parse(messages[i]?.json ?? '')));
      }
    });
  }
}
