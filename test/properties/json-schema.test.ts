/** @module ajv, by `schema.json`, and the tables agree on messages that the model allows, with one value at or over a facet. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { unsaidRules } from '../../codegen/emit/unsaid.ts';
import type { ValueType } from '../../codegen/model.ts';
import { fromJson, toJson } from '../../runtime/codec/json.ts';
import type { Complex } from '../../runtime/codec/table.ts';
import { isUftpError } from '../../runtime/errors.ts';
import type { Message, Protocol } from '../../runtime/roles.ts';
import { Random } from '../fuzz/random.ts';
import { probesOf } from '../fuzz/values.ts';
import { type Mutation, unsaidRule } from '../generated/unsaid.ts';
import { assert, suite } from '../support/suite.ts';
import { runs, type Version, versions } from './versions.ts';

const test = suite('properties: JSON Schema');

type Json = Record<string, unknown>;

/** Values of a JSON type that is hardly ever asked for. */
const others: readonly unknown[] = [undefined, null, true, 0, -1, 0.5, '', [], {}, '1'];

function isTaken(json: unknown, name: string, protocol: Protocol): boolean {
  try {
    fromJson(json, name, protocol);
    return true;
  } catch (error) {
    if (isUftpError(error) && error.code === 'document-invalid') return false;
    throw error;
  }
}

/** The JSON of a message without integers that `JSON.parse` would round. */
function plainJson(message: Message, protocol: Protocol): Json {
  return JSON.parse(toJson(message, protocol).replace(/("Revision": )-?\d{16,}/g, '$11')) as Json;
}

/** Puts another value in one place of a message. */
function change(table: Complex, json: Json, version: Version, place: string, random: Random): Mutation {
  const inner = table.children.flatMap((row) => {
    const elements = [json[row.name] ?? []].flat() as Json[];
    return elements.map((element) => ({ row, element }));
  });
  if (table.attributes.length === 0 || (inner.length > 0 && random.chance(60))) {
    const { row, element } = random.pick(inner);
    return change(row.table, element, version, `${place}/${row.name}`, random);
  }
  const row = random.pick(table.attributes);
  const value = valueFor(version.lookup.valueType(row.scalar.name), random);
  if (value === undefined) delete json[row.name];
  else json[row.name] = value;
  return { place: `${place}/${row.name}`, value, row, optional: !row.required };
}

function valueFor(type: ValueType, random: Random): unknown {
  if (random.chance(20)) return random.pick(others);
  const text = random.pick(probesOf(type)).make(random);
  const { kind } = type.builtin;
  if (kind === 'boolean') return text === 'true' ? true : text;
  const isNumber = (kind === 'integer' || kind === 'long') && /^[+-]?[0-9]+$/.test(text);
  return isNumber ? Number(text) : text;
}

for (const version of versions) {
  const { folder, messages, protocol, roots } = version;
  const ajv = new Ajv2020({ strict: true });
  const file = fileURLToPath(new URL(`../../generated/${folder}/schema.json`, import.meta.url));
  const schema = JSON.parse(readFileSync(file, 'utf8')) as { readonly description: string };
  ajv.addSchema(schema, folder);
  const isValid = (name: string, json: unknown): boolean =>
    ajv.getSchema(`${folder}#/$defs/${name}`)?.(json) === true;

  test(`The schema of ${folder} and the tables agree wherever none of the rules applies that it lists.`, () => {
    for (const rule of Object.values(unsaidRules)) assert.match(schema.description, rule);
    for (const root of roots) {
      const table = protocol.messages.get(root)?.table;
      if (table === undefined) return assert.unreachable(root);
      const property = fc.property(messages.of(root), fc.nat(), (message, seed) => {
        const json = plainJson(message, protocol);
        assert.ok(isValid(root, json) && isTaken(json, root, protocol), 'as it was');
        const mutation = change(table, json, version, root, new Random(String(seed)));
        if (isValid(root, json) === isTaken(json, root, protocol)) return;
        assert.ok(unsaidRule(mutation), `${mutation.place} = ${JSON.stringify(mutation.value)}`);
      });
      fc.assert(property, { ...runs, numRuns: 3 * runs.numRuns });
    }
  });
}
