/** @module The schema part of a model goes in; whatever in it cannot be turned into tables and types is reported. */

import type { Schema } from './build.ts';
import { type Attribute, type Child, type ComplexType, Lookup, type Origin, roleNames } from './model.ts';
import { fileName, isIdentifier, pascal, rowName, scalarName, tableName } from './names.ts';
import type { Place, Problems } from './problems.ts';

/** Reports types that contain or extend themselves. Nothing else may look at a schema before that is settled. */
export function checkRecursion(schema: Schema, problems: Problems): void {
  const types = new Map(schema.complexTypes.map((type) => [type.name, type]));
  const settled = new Set<string>();
  const visit = (name: string, via: Origin, above: readonly string[]): void => {
    const type = types.get(name);
    if (type === undefined || settled.has(name)) return;
    if (above.includes(name)) {
      const path = [...above.slice(above.indexOf(name)), name].join(' → ');
      problems.report(
        placeOf(via),
        `xs:complexType ${name}`,
        `contains itself: ${path}`,
        'limit the depth by types',
      );
      return;
    }
    if (type.base !== undefined) visit(type.base, type, [...above, name]);
    for (const child of type.children) visit(child.type, child, [...above, name]);
    settled.add(name);
  };
  for (const type of schema.complexTypes) visit(type.name, type, []);
}

/** Reports everything else; `build` and {@link checkRecursion} must have found nothing. */
export function checkSchema(schema: Schema, problems: Problems): void {
  const lookup = new Lookup({ ...schema, version: '', experimental: false, envelope: '', messages: [] });
  checkUses(schema, lookup, problems);
  checkFiles(schema, lookup, problems);
  checkExports(schema, problems);
  for (const type of schema.complexTypes) checkProperties(type, lookup, problems);
}

function checkUses(schema: Schema, lookup: Lookup, problems: Problems): void {
  const roots = new Map(schema.roots.map((root) => [root.type, root]));
  for (const root of schema.roots) {
    if (!lookup.complex(root.type).abstract) continue;
    const problem = `its type ${root.type} is abstract`;
    problems.report(
      placeOf(root),
      `xs:element ${root.name}`,
      problem,
      'give it a type that extends that one',
    );
  }
  for (const child of schema.complexTypes.flatMap((type) => type.children)) {
    const construct = `xs:element ${child.name}`;
    const root = roots.get(child.type);
    if (lookup.complex(child.type).abstract) {
      problems.report(
        placeOf(child),
        construct,
        `its type ${child.type} is abstract`,
        'use a type that extends it',
      );
    }
    if (root !== undefined) {
      const problem = `its type ${child.type} is that of root element ${root.name}`;
      problems.report(placeOf(child), construct, problem, 'give the child a type of its own');
    }
  }
  for (const root of schema.roots) {
    const other = schema.complexTypes.find((type) => type.name === root.name) ?? lookup.simple(root.name);
    if (other === undefined || other.name === root.type) continue;
    const problem = `a type of this name that is not its own is declared in ${at(other)}`;
    problems.report(placeOf(root), `xs:element ${root.name}`, problem, 'rename the type');
  }
}

const reservedFiles = ['index.ts', 'protocol.ts', 'roles.ts', 'scalars.ts'];

/** Each XSD with complex types becomes a file; constants of one file use those of others, so these must not go round. */
function checkFiles(schema: Schema, lookup: Lookup, problems: Problems): void {
  const written = new Map<string, ComplexType>();
  const uses = new Map<string, Map<string, Origin>>();
  for (const type of schema.complexTypes) {
    const file = fileName(type.file);
    const before = written.get(file);
    const clash = before && before.file !== type.file ? before.file : undefined;
    if (clash !== undefined || reservedFiles.includes(file)) {
      const problem = `would be written to ${file}, as would ${clash ?? 'another part of the output'}`;
      problems.report({ file: placeOf(type).file, line: 1 }, type.file, problem, 'rename the XSD');
    }
    written.set(file, before ?? type);
    const used = uses.get(type.file) ?? new Map<string, Origin>();
    uses.set(type.file, used);
    for (const child of type.children) used.set(lookup.complex(child.type).file, child);
    const base = lookup.base(type);
    if (base) used.set(base.file, type);
  }
  for (const [file, used] of uses) {
    for (const [other, origin] of used) {
      const back = file < other ? reaches(other, file, uses) : undefined;
      if (back === undefined) continue;
      const problem = `types of ${file} use types of ${other}, and these use those of ${file}, in ${at(back)}`;
      problems.report(
        placeOf(origin),
        file,
        problem,
        'move the types that both use into an XSD of their own',
      );
    }
  }
}

/** What makes `from` use `to`, directly or not. */
function reaches(
  from: string,
  to: string,
  uses: ReadonlyMap<string, ReadonlyMap<string, Origin>>,
): Origin | undefined {
  const reached = new Set([from]);
  for (const file of reached) {
    for (const [next, origin] of uses.get(file) ?? []) {
      if (next === to) return origin;
      reached.add(next);
    }
  }
  return undefined;
}

interface Export {
  readonly name: string;
  /** What it is for, such as `xs:complexType FlexRequestType`. */
  readonly owner: string;
  readonly origin: Origin;
}

function checkExports(schema: Schema, problems: Problems): void {
  const known = new Map<string, Export>();
  for (const entry of exportsOf(schema)) {
    const { name, owner, origin } = entry;
    const before = known.get(name);
    if (before !== undefined) {
      const problem = `its TypeScript name ${name} is that of ${before.owner} as well, in ${at(before.origin)}`;
      problems.report(placeOf(origin), owner, problem, 'rename one of them');
    } else if (!isIdentifier(name)) {
      problems.report(
        placeOf(origin),
        owner,
        `${name} is no TypeScript name`,
        'begin the name with a letter',
      );
    }
    known.set(name, before ?? entry);
  }
}

/** All names that the generated code exports; for every root all names that a message may have. */
function exportsOf(schema: Schema): Export[] {
  const names = ['protocol', ...roleNames.map((role) => role.toLowerCase())];
  for (const role of roleNames) {
    const others = roleNames.filter((other) => other !== role).map((other) => `${pascal(other)}Client`);
    names.push(...['Handlers', 'Clients', 'Kind', ...others].map((part) => pascal(role) + part));
  }
  const rootOf = new Map(schema.roots.map((root) => [root.type, root.name]));
  return [
    ...names.map((name) => ({ name, owner: 'the generated code', origin: {} })),
    ...schema.complexTypes.flatMap((type) => {
      const owner = `xs:complexType ${type.name}`;
      const root = rootOf.get(type.name);
      const suffixes = [
        '',
        ...(type.abstract ? [] : ['Init']),
        ...(root === undefined ? [] : ['Draft', 'Fields']),
      ];
      const own = [...suffixes.map((suffix) => type.typeName + suffix), tableName(type.typeName)];
      return [...own, ...(root === undefined ? [] : [rowName(root)])].map((name) => ({
        name,
        owner,
        origin: type,
      }));
    }),
    ...schema.simpleTypes.flatMap((type) => {
      const owner = type.inline ? `xs:simpleType of ${type.name}` : `xs:simpleType ${type.name}`;
      return [type.typeName, scalarName(type.typeName)].map((name) => ({ name, owner, origin: type }));
    }),
  ];
}

function checkProperties(type: ComplexType, lookup: Lookup, problems: Problems): void {
  const known = new Map<string, Attribute | Child>();
  const own = new Set<Attribute | Child>([...type.attributes, ...type.children]);
  for (const part of [...lookup.attributes(type), ...lookup.children(type)]) {
    const before = known.get(part.key);
    const construct = `${part.name} of ${type.name}`;
    // What the base has twice is reported at the base.
    if (before !== undefined && own.has(part)) {
      const problem = `its property ${part.key} is that of ${before.name} as well, in ${at(before)}`;
      problems.report(placeOf(part), construct, problem, 'rename one of them');
    } else if (!isIdentifier(part.key) && own.has(part)) {
      problems.report(
        placeOf(part),
        construct,
        `${part.key} is no TypeScript name`,
        'begin the name with a letter',
      );
    }
    known.set(part.key, before ?? part);
  }
}

function placeOf({ place }: Origin): Place {
  return place ?? { file: '', line: 1 };
}

function at(origin: Origin): string {
  const { file, line } = placeOf(origin);
  return file === '' ? 'it' : `${file}:${line}`;
}
