/** @module A protocol file goes in, what it and the files that it extends say of messages comes out. */

import { isObject, type JsonFile, readJson } from './json.ts';
import { locate } from './locate.ts';
import type { Message } from './model.ts';
import type { Place, Problems } from './problems.ts';
import { checkShape } from './protocol-shape.ts';

/** What a protocol file says of one message; missing keys filled in with nothing. */
export type MessageFacts = Omit<Message, 'request' | 'result'>;

/** What a protocol file says. */
export interface ProtocolFacts {
  readonly version: string;
  readonly experimental: boolean;
  readonly envelope: string;
  readonly messages: readonly MessageFacts[];
  /** Where a message, or one key of it, is stated, in this file or in one that it extends. */
  place(message?: string, key?: string): Place;
}

/**
 * Reads and resolves a protocol file. Gives undefined, with the reasons in `problems`, where that is not possible.
 *
 * @param file path, or `shapeshifter-uftp/schemas/…` for a file of this package
 */
export async function readProtocol(file: string, problems: Problems): Promise<ProtocolFacts | undefined> {
  const layers = await readLayers(file, [], problems);
  if (layers === undefined) return undefined;
  const own = layers.at(-1);
  if (own === undefined) return undefined;
  const merged = merge(layers);
  const complete = checkComplete(merged, own, problems);
  if (!complete) return undefined;
  const { messages, places, experimental, envelope } = merged;
  return {
    version: String(own.value.version),
    experimental: experimental === true,
    envelope: String(envelope),
    messages: [...messages].map(([name, keys]) => factsOf(name, keys)),
    place: (message = '', key = '') =>
      places.get(`${message}/${key}`) ?? places.get(`${message}/`) ?? own.place(['messages']),
  };
}

/** The files from the one at the bottom of `extends` up to `file`. */
async function readLayers(
  file: string,
  above: readonly string[],
  problems: Problems,
): Promise<JsonFile[] | undefined> {
  const path = locate(file, above.at(-1));
  const json = await readJson(path, problems);
  if (json === undefined || !checkShape(json, problems)) return undefined;
  const base = json.value.extends;
  if (typeof base !== 'string') return [json];
  if ([...above, path].includes(locate(base, path))) {
    problems.report(json.place(['extends']), '"extends"', 'leads back to this file', 'remove one of the two');
    return undefined;
  }
  const below = await readLayers(base, [...above, path], problems);
  return below && [...below, json];
}

interface Merged {
  readonly messages: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly places: ReadonlyMap<string, Place>;
  readonly experimental: unknown;
  readonly envelope: unknown;
}

/** Lays the files over one another: messages by name, in a message by key; null takes away. */
function merge(layers: readonly JsonFile[]): Merged {
  const messages = new Map<string, Record<string, unknown>>();
  const places = new Map<string, Place>();
  let experimental: unknown;
  let envelope: unknown;
  for (const layer of layers) {
    experimental = layer.value.experimental ?? experimental;
    envelope = layer.value.envelope ?? envelope;
    const stated = isObject(layer.value.messages) ? layer.value.messages : {};
    for (const [name, keys] of Object.entries(stated)) {
      if (!isObject(keys)) {
        messages.delete(name);
        continue;
      }
      const merged = { ...messages.get(name), ...keys };
      messages.set(name, Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)));
      places.set(`${name}/`, layer.place(['messages', name]));
      for (const key of Object.keys(keys)) {
        places.set(`${name}/${key}`, layer.place(['messages', name, key]));
      }
    }
  }
  return { messages, places, experimental, envelope };
}

function checkComplete(merged: Merged, own: JsonFile, problems: Problems): boolean {
  let complete = true;
  const need = (present: boolean, place: Place, construct: string, key: string, example: string): void => {
    if (present) return;
    complete = false;
    problems.report(place, construct, `has no "${key}"`, `add "${key}": ${example}`);
  };
  const place = own.place([]);
  need(own.value.version !== undefined, place, 'protocol file', 'version', '"3.1.0", what stands in Version');
  need(merged.envelope !== undefined, place, 'protocol file', 'envelope', '"SignedMessage"');
  for (const [name, keys] of merged.messages) {
    const where = merged.places.get(`${name}/`) ?? place;
    need(keys.from !== undefined, where, `"${name}"`, 'from', '["AGR"], the roles that may send it');
    need(keys.to !== undefined, where, `"${name}"`, 'to', '["DSO"], the roles that may receive it');
  }
  return complete;
}

function factsOf(name: string, keys: Readonly<Record<string, unknown>>): MessageFacts {
  // In one order whatever file a key comes from, so that output depends on nothing but what is said.
  const stated = Object.fromEntries(keyOrder.filter((key) => key in keys).map((key) => [key, keys[key]]));
  const nothing = { copies: [], constants: {}, references: {}, index: {}, implied: {} };
  // Each key has the type that its name promises, and `from` and `to` are there: both have been checked.
  return { name, ...nothing, ...stated } as unknown as MessageFacts;
}

const keyOrder = [
  'from',
  'to',
  'response',
  'reference',
  'copies',
  'rejection',
  'constants',
  'references',
  'index',
  'order',
  'notAfter',
  'implied',
] as const satisfies readonly (keyof MessageFacts)[];
