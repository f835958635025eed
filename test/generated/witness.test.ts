/** @module ajv, by the generated JSON Schemas, and the tables give one verdict on JSON wherever JSON Schema can say the rule. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fromJson, toJson } from '../../runtime/codec/json.ts';
import type { Complex } from '../../runtime/codec/table.ts';
import { isUftpError } from '../../runtime/errors.ts';
import type { Protocol } from '../../runtime/roles.ts';
import { type Folder, folders, protocols, samples } from '../codec/samples.ts';
import { absent, sharedPath } from '../codec/shared.ts';
import { assert, suite } from '../support/suite.ts';
import { type Mutation, rules, unsaidRule } from './unsaid.ts';

const test = suite('generated: witness');

type Json = Record<string, unknown>;

const values: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  '',
  'x',
  '2',
  ' 2 ',
  '1.00001',
  '2026-02-30',
  '2026-02-28',
  '2026-02-28T24:00:00',
  'PT',
  '\u0000',
  [],
  {},
  [null],
];

/** Every attribute and element of a message, each with every value: once for each element name, in its first instance. */
function* mutations(
  name: string,
  table: Complex,
  json: Json,
): Generator<Mutation & { readonly mutated: Json }> {
  for (const row of table.attributes) {
    const optional = !row.required;
    for (const value of values) {
      yield { place: `${name}/${row.name}`, value, row, optional, mutated: replaced(json, row.name, value) };
    }
  }
  for (const { name: inner, table: within, many, min } of table.children) {
    const place = `${name}/${inner}`;
    for (const value of values) {
      yield { place, value, row: undefined, optional: min === 0, mutated: replaced(json, inner, value) };
    }
    const [first, ...rest] = [json[inner] ?? []].flat() as Json[];
    if (first === undefined) continue;
    for (const mutation of mutations(place, within, first)) {
      const mutated = replaced(json, inner, many ? [mutation.mutated, ...rest] : mutation.mutated);
      yield { ...mutation, mutated };
    }
  }
  const unknown = { place: `${name}/Other`, value: 1, row: undefined, optional: false };
  yield { ...unknown, mutated: { ...json, Other: 1 } };
}

function replaced(json: Json, key: string, value: unknown): Json {
  const { [key]: _, ...rest } = json;
  return value === undefined ? rest : { ...rest, [key]: value };
}

function isTaken(json: unknown, name: string, protocol: Protocol): boolean {
  try {
    fromJson(json, name, protocol);
    return true;
  } catch (error) {
    if (isUftpError(error) && error.code === 'document-invalid') return false;
    throw error;
  }
}

function schemaOf(folder: Folder): (name: string, json: unknown) => boolean {
  const file = fileURLToPath(new URL(`../../generated/${folder}/schema.json`, import.meta.url));
  const ajv = new Ajv2020({ strict: true });
  ajv.addSchema(JSON.parse(readFileSync(file, 'utf8')), folder);
  return (name, json) => ajv.getSchema(`${folder}#/$defs/${name}`)?.(json) === true;
}

for (const folder of folders) {
  const protocol = protocols[folder];
  const schema = schemaOf(folder);

  test(`On every message of ${folder}, and on every value of it made wrong, they agree.`, () => {
    const explained = new Set<string>();
    let count = 0;
    for (const message of samples(folder)) {
      const { $type: name } = message;
      const table = protocol.messages.get(name)?.table;
      assert.ok(table !== undefined);
      // JSON.parse would round the long of the sample, and only text is read exactly.
      const json = JSON.parse(
        toJson(message, protocol).replace(/"Revision": -?\d+/, '"Revision": 1'),
      ) as Json;
      assert.ok(schema(name, json) && isTaken(json, name, protocol), name);
      for (const { mutated, ...mutation } of table === undefined ? [] : mutations(name, table, json)) {
        count += 1;
        if (schema(name, mutated) === isTaken(mutated, name, protocol)) continue;
        const why = unsaidRule(mutation);
        assert.ok(why !== undefined, `${mutation.place} = ${JSON.stringify(mutation.value)}`);
        if (why !== undefined) explained.add(why);
      }
    }
    assert.equal([...explained].sort(), [...rules].sort(), 'every difference is met');
    assert.ok(count > 7000, `${count} values`);
  });
}

const golden = sharedPath('golden/python');
if (golden === undefined) test.skip('On the JSON of the Python library they agree.', absent);
else {
  const files = readdirSync(golden).filter(
    (file) => file.endsWith('.json') && !/^(keys|manifest)\./.test(file),
  );

  test(`On all ${files.length} JSON texts of the Python library they agree, nulls and the number for a decimal aside.`, () => {
    const schema = schemaOf('3.1.0');
    for (const file of files) {
      const name = file.split('.')[0] ?? '';
      const json = JSON.parse(readFileSync(join(golden, file), 'utf8'), (key, value) =>
        value === null ? undefined : key === 'Value' ? String(value) : value,
      ) as unknown;
      assert.is(schema(name, json), isTaken(json, name, protocols['3.1.0']), file);
    }
  });
}
