import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, suite } from '../support/suite.ts';

const test = suite('structure: layers');

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The layers of `runtime/`, lowest first: files and folders. An import points to its own layer or to a lower one. */
const layers: readonly (readonly string[])[] = [
  ['errors', 'ports', 'roles'],
  ['codec'],
  ['seal', 'lookup', 'store'],
  ['flow'],
  ['market'],
  ['service', 'host', 'app', 'bodies', 'address', 'options', 'shapes', 'numbers', 'transport'],
  [
    'index',
    'node',
    'bun',
    'deno',
    'worker',
    'postgres',
    'convert',
    'released',
    'server',
    'testing',
    'tables',
    'cli',
  ],
];
/** The parts of the runtime that may know the generated code: what knows energy, and what puts a participant together. */
const knowing = ['market', 'node', 'bun', 'deno', 'worker', 'released', 'cli'];

interface Import {
  readonly from: string;
  /** As written, or, where it is a relative path, from the root of the project. */
  readonly to: string;
  readonly typesOnly: boolean;
}

/** All imports, re-exports and dynamic imports of the TypeScript files of a folder. */
function importsOf(folder: string): readonly Import[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
    .flatMap((from) => {
      const text = readFileSync(join(root, from), 'utf8').replace(/^\s*\*.*$/gm, ''); // examples in comments
      const found = [
        ...text.matchAll(/^\s*(import|export)\s+(type\s+)?(?:[\w*{][^;'"]*?\bfrom\s*)?'([^']+)'/gm),
        ...text.matchAll(/(import)\((\s*)'([^']+)'\)/g),
      ];
      return found.map(([, , types, target]) => ({
        from,
        to: target?.startsWith('.') ? join(dirname(from), target) : (target ?? ''),
        typesOnly: types?.startsWith('type') ?? false,
      }));
    });
}

/** `codec` for `runtime/codec/walk.ts`, `node` for `runtime/node.ts`. */
function part(file: string): string {
  return file.split('/')[1]?.replace(/\.ts$/, '') ?? '';
}

function layerOf(file: string): number {
  return layers.findIndex((names) => names.includes(part(file)));
}

function lines(imports: readonly Import[]): readonly string[] {
  return imports.map(({ from, to }) => `${from} imports ${to}`);
}

const runtime = importsOf('runtime');

test('the imports are found at all', () => {
  assert.ok(runtime.length > 300);
  const known = { from: 'runtime/index.ts', to: 'runtime/errors.ts', typesOnly: false };
  assert.equal(
    runtime.find(({ from, to }) => from === known.from && to === known.to),
    known,
  );
  assert.ok(runtime.some(({ from, typesOnly }) => from === 'runtime/flow/admit.ts' && typesOnly));
});

test('every file of the runtime belongs to a layer', () => {
  assert.equal(
    [...new Set(runtime.map(({ from }) => from))].filter((file) => layerOf(file) < 0),
    [],
  );
});

test('imports point down', () => {
  const within = runtime.filter(({ to, typesOnly }) => to.startsWith('runtime/') && !typesOnly);
  assert.equal(lines(within.filter(({ from, to }) => layerOf(to) > layerOf(from))), []);
});

test('types point up nowhere but from the ports and roles to the values that they pass on', () => {
  const up = runtime.filter(
    ({ from, to, typesOnly }) => to.startsWith('runtime/') && typesOnly && layerOf(to) > layerOf(from),
  );
  assert.equal(lines(up).toSorted(), [
    'runtime/ports/lookup.ts imports runtime/seal/keys.ts',
    'runtime/roles.ts imports runtime/codec/builtin.ts',
    'runtime/roles.ts imports runtime/codec/table.ts',
  ]);
});

test('the runtime imports generated code only where energy is known, and at the entries', () => {
  const imports = runtime.filter(({ to }) => to.startsWith('generated/'));
  assert.equal(lines(imports.filter(({ from }) => !knowing.includes(part(from)))), []);
});

test('rules know the types of generated code, not its values', () => {
  const imports = runtime.filter(({ from, to }) => part(from) === 'market' && to.startsWith('generated/'));
  assert.equal(lines(imports.filter(({ typesOnly }) => !typesOnly)), []);
});

test('nothing but an entry imports an entry', () => {
  const top = layers.length - 1;
  const imports = runtime.filter(({ to }) => to.startsWith('runtime/') && layerOf(to) === top);
  assert.equal(lines(imports.filter(({ from }) => layerOf(from) !== top)), []);
});

test('the runtime imports nothing of the code generator but its command', () => {
  const imports = runtime.filter(({ to }) => to.startsWith('codegen/'));
  assert.equal(lines(imports.filter(({ from }) => part(from) !== 'cli')), []);
});

test('generated code imports the one door of the runtime, and its own siblings', () => {
  const imports = importsOf('generated');
  assert.ok(imports.length > 100);
  const others = imports.filter(
    ({ from, to }) => to !== 'shapeshifter-uftp/tables' && dirname(to) !== dirname(from),
  );
  assert.equal(lines(others), []);
});

test('the code generator imports nothing of the runtime', () => {
  const imports = importsOf('codegen');
  assert.ok(imports.length > 50);
  assert.equal(lines(imports.filter(({ to }) => /^(?:runtime|generated|shapeshifter-uftp)/.test(to))), []);
});

test('no files import one another in a circle, be it types', () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of ['runtime', 'codegen', 'generated'].flatMap(importsOf))
    next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, above: readonly string[]): void => {
    if (above.includes(file)) circles.push([...above.slice(above.indexOf(file)), file].join(' imports '));
    else if (!done.has(file)) for (const to of next.get(file) ?? []) visit(to, [...above, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  assert.equal(circles, []);
});

test('what only one runtime has is used only in adapters that are named for it', () => {
  const adapters: readonly [uses: RegExp, name: RegExp][] = [
    [/^node:/, /(?:^|[/-])(?:node|bun|deno|cli)(?:[/.]|$)/],
    [/^bun(?::|$)/, /(?:^|[/-])bun(?:[/.]|$)/],
    [/^@hono\/node-server/, /(?:^|[/-])node\.ts$/],
    [/^cloudflare:/, /(?:^|[/-])(?:worker|durable-object)\.ts$/],
  ];
  for (const [uses, name] of adapters) {
    assert.equal(lines(runtime.filter(({ from, to }) => uses.test(to) && !name.test(from))), []);
  }
});

test('the globals of one runtime are used only in adapters that are named for it', () => {
  const globals: readonly [uses: RegExp, name: RegExp][] = [
    [/\bDeno\.\w/, /(?:^|[/-])deno\.ts$/],
    [/\bBun\.\w/, /(?:^|[/-])bun\.ts$/],
    [/(?<!\/)\bprocess\.\w|\bBuffer\.\w|\b__dirname\b/, /(?:^|[/-])(?:node|bun|deno|cli)(?:[/.]|$)/],
  ];
  for (const file of new Set(runtime.map(({ from }) => from))) {
    const text = readFileSync(join(root, file), 'utf8').replace(/^\s*\*.*$|\/\*.*?\*\/|\/\/.*$/gm, '');
    for (const [uses, name] of globals) assert.ok(name.test(file) || !uses.test(text), `${file} ${uses}`);
  }
});

test('packages that the runtime needs are its dependencies, or are asked for where they are used', () => {
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'peerDependencies', Readonly<Record<string, string>>>;
  const known = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
  const packages = runtime.filter(
    ({ to }) => !/^(?:runtime|generated|codegen)\/|^(?:node|bun|cloudflare):/.test(to),
  );
  const name = (to: string): string =>
    to
      .split('/')
      .slice(0, to.startsWith('@') ? 2 : 1)
      .join('/');
  assert.equal(lines(packages.filter(({ to }) => !known.includes(name(to)))), []);
});

test('the name of the package and the relative path give one module', async () => {
  const specifiers: Readonly<Record<string, string>> = {
    'shapeshifter-uftp': '../../runtime/index.ts',
    'shapeshifter-uftp/tables': '../../runtime/tables.ts',
    'shapeshifter-uftp/convert': '../../runtime/convert.ts',
    'shapeshifter-uftp/node': '../../runtime/node.ts',
    'shapeshifter-uftp/postgres': '../../runtime/postgres.ts',
    'shapeshifter-uftp/testing': '../../runtime/testing.ts',
    'shapeshifter-uftp/v3.0': '../../generated/3.0.0/index.ts',
    'shapeshifter-uftp/v3.1': '../../generated/3.1.0/index.ts',
    'shapeshifter-uftp/next': '../../generated/next/index.ts',
  };
  for (const [name, path] of Object.entries(specifiers))
    assert.is(await import(name), await import(path), name);
});
