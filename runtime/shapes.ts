/** @module What the options that are no numbers must be: what was given in, what is wrong with it out. */

import { defaultLimits, type Limits } from './codec/limits.ts';
import { isDomain } from './lookup/domain.ts';
import { amounts, rates, show, timings } from './numbers.ts';
import type { Ed25519, Signer } from './ports/signer.ts';
import type { Protocol, Role } from './roles.ts';
import { importPrivateKey, type PrivateKeyInput } from './seal/keys.ts';

/** The options that are told what has become of a message. */
export const notices = ['onOverdue', 'onExpired', 'onUndeliverable', 'onConflict'] as const;

const functions = [
  ...notices,
  ...['partner', 'notAfter', 'observe', 'transport', 'newId', 'chance', 'remoteAddress'],
];
const booleans = ['chunked', 'insecureEndpoints'];
/** Those that have a check of their own. */
const others = ['key', 'handlers', 'versions', 'limits', 'replyWithinMs'];

/** What an option must be, in words, and whether a value is. */
type Shape = readonly [expected: string, holds: (value: unknown) => boolean];

/** True for an object with these methods. */
function has(value: unknown, ...methods: readonly string[]): boolean {
  return methods.every((name) => typeof Object(value)[name] === 'function');
}

const shapes: Readonly<Record<string, Shape>> = {
  domain: ["a domain in lower case, such as 'aggregator.example'", isDomain],
  store: ['a store, such as memory() for tests', (value) => has(value, 'commit')],
  lookup: [
    '{ keys(party), endpoint(party) }, such as addressBook([…])',
    (value) => has(value, 'keys', 'endpoint'),
  ],
  path: ['a path that begins with /', (value) => typeof value === 'string' && value.startsWith('/')],
  clock: ['{ now(), after(delayMs, run) }', (value) => has(value, 'now', 'after')],
  ed25519: ['an object such as await portableEd25519()', (value) => has(value, 'verify', 'signer')],
};
const required = ['domain', 'store', 'lookup'];

/** Checks that there are no other options, and what each is. */
export function checkShapes(options: object, problems: string[]): void {
  const given = options as Readonly<Record<string, unknown>>;
  const numbers = { ...timings, ...rates, ...amounts };
  const known = [...functions, ...booleans, ...others, ...Object.keys({ ...shapes, ...numbers })];
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) problems.push(`${name}: there is no such option`);
  }
  const check = (name: string, [expected, holds]: Shape): void => {
    const value = given[name];
    if ((value !== undefined || required.includes(name)) && !holds(value)) {
      problems.push(`${name}: expected ${expected}, got ${show(value)}`);
    }
  };
  for (const [name, shape] of Object.entries(shapes)) check(name, shape);
  for (const name of booleans) check(name, ['true or false', (value) => typeof value === 'boolean']);
  for (const name of functions) check(name, ['a function', (value) => typeof value === 'function']);
}

/** The format of generated tables that this runtime reads. */
const tableFormat = 1;

/** Checks that there is a handler for nothing but what the role receives. */
export function checkHandlers(role: Role, handlers: unknown, problems: string[]): void {
  const { format, messages, version } = role.protocol;
  if (format !== tableFormat) return; // its rows cannot be read
  const received = [...messages.values()].filter((row) => row.to.includes(role.name));
  if (typeof handlers !== 'object' || handlers === null) {
    problems.push(
      `handlers: expected an object with methods such as process${received[0]?.key}, got ${show(handlers)}`,
    );
    return;
  }
  const known = received.flatMap((row) => [`preProcess${row.key}`, `process${row.key}`]);
  for (const name of handlerNames(handlers)) {
    const value = (handlers as Readonly<Record<string, unknown>>)[name];
    if (!known.includes(name))
      problems.push(`handlers.${name}: the ${role.name} receives no such message in UFTP ${version}`);
    else if (value !== undefined && typeof value !== 'function')
      problems.push(`handlers.${name}: expected a function, got ${show(value)}`);
  }
}

/** Own properties and methods of classes, as far as they look like handlers. */
function handlerNames(handlers: object): readonly string[] {
  const names = new Set<string>();
  for (let at: object | null = handlers; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (/^(?:preP|p)rocess[A-Z]/.test(name)) names.add(name);
    }
  }
  return [...names];
}

/** Checks the versions. @returns those to go on with */
export function checkVersions(
  role: Role,
  given: readonly Protocol[] | undefined,
  problems: string[],
): readonly Protocol[] {
  const versions = given ?? [role.protocol];
  if (!Array.isArray(versions) || !versions.includes(role.protocol)) {
    problems.push(`versions: expected a list with the role's own version ${role.protocol.version} in it`);
    return [role.protocol];
  }
  for (const version of versions) {
    if (version?.format !== tableFormat) {
      problems.push(
        `versions: ${show(version?.version)} was generated in format ${show(version?.format)}, this runtime reads ${tableFormat}; run uftp generate`,
      );
    }
  }
  return versions;
}

/** Checks the bounds on documents. @returns them */
export function checkLimits(given: Partial<Limits> | undefined, problems: string[]): Partial<Limits> {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (!(name in defaultLimits))
      problems.push(
        `limits.${name}: there is no such limit; there are ${Object.keys(defaultLimits).join(', ')}`,
      );
    else if (!(Number.isInteger(value) && (value as number) > 0))
      problems.push(`limits.${name}: expected a whole number from 1, got ${show(value)}`);
  }
  return given ?? {};
}

/** Imports the private key. @returns undefined where it cannot be */
export async function checkKey(
  key: PrivateKeyInput,
  backend: Ed25519,
  problems: string[],
): Promise<Signer | undefined> {
  try {
    if (key === undefined || key === null || key === '')
      throw new TypeError(`${key === '' ? 'it is empty' : 'a private key is needed'}; uftp keygen makes one`);
    return await importPrivateKey(key, backend);
  } catch (error) {
    problems.push(`key: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
