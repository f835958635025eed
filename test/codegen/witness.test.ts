/** @module Another reader of XSDs, xsd2jsonschema, finds the same names, required parts and enumerations as ours. */

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { assert, suite } from '../support/suite.ts';
import { root, schemas } from './workspace.ts';

const test = suite('codegen: witness');

/** The part of JSON Schema that is compared. */
interface JsonSchema {
  readonly $ref?: string;
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
}

interface Witness {
  processAllSchemas(options: {
    schemas: Record<string, string>;
  }): Record<string, { getJsonSchema(): { definitions?: Record<string, JsonSchema> } }>;
}

/** What the witness makes of a version: all its definitions by name. It fails on xs:positiveInteger in later drafts. */
function witness(version: string): Map<string, JsonSchema> {
  const { Xsd2JsonSchema } = createRequire(import.meta.url)('xsd2jsonschema') as {
    Xsd2JsonSchema: new (options: { jsonSchemaVersion: string }) => Witness;
  };
  const files = readdirSync(join(schemas, version)).filter((file) => file.endsWith('.xsd'));
  const texts = files.map((file) => [file, readFileSync(join(schemas, version, file), 'utf8')] as const);
  const converted = new Xsd2JsonSchema({ jsonSchemaVersion: 'draft-04' }).processAllSchemas({
    schemas: Object.fromEntries(texts),
  });
  const all = Object.values(converted).flatMap((file) =>
    Object.entries(file.getJsonSchema().definitions ?? {}),
  );
  return new Map(all);
}

interface Shape {
  readonly properties: readonly string[];
  readonly required: readonly string[];
  readonly values: readonly string[];
}

/** A definition with what it refers to and extends; the witness marks attributes with `@`. */
function shapeOf(schema: JsonSchema, definitions: ReadonlyMap<string, JsonSchema>): Shape {
  const referred =
    schema.$ref === undefined ? undefined : definitions.get(schema.$ref.split('/').at(-1) ?? '');
  const parts = [...(schema.allOf ?? []), ...(referred ? [referred] : [])].map((part) =>
    shapeOf(part, definitions),
  );
  const merge = (own: readonly string[], of: keyof Shape): string[] =>
    [...own.map((name) => name.replace(/^@/, '')), ...parts.flatMap((part) => part[of])].sort();
  return {
    properties: merge(Object.keys(schema.properties ?? {}), 'properties'),
    required: merge(schema.required ?? [], 'required'),
    values: merge(schema.enum ?? [], 'values'),
  };
}

for (const version of ['3.0.0', '3.1.0', 'next']) {
  test(`Of ${version} it finds the same.`, () => {
    const theirs = witness(version);
    const text = readFileSync(join(root, 'generated', version, 'schema.json'), 'utf8');
    const ours = new Map(Object.entries(JSON.parse(text).$defs as Record<string, JsonSchema>));
    const abstract = ['FlexMessageType', 'PayloadMessageType', 'PayloadMessageResponseType'];
    assert.equal(
      [...ours.keys()].filter((name) => !name.startsWith('xs:')).sort(),
      [...theirs.keys()].filter((name) => !abstract.includes(name)).sort(),
    );
    for (const [name, schema] of ours) {
      const other = theirs.get(name);
      if (other) assert.equal(shapeOf(schema, ours), shapeOf(other, theirs), name);
    }
  });
}
