/** @module Handlers of a whole role: those that accept every message with all data that its response can hold, and those that reject. */

import { rowOf } from '../../runtime/codec/message.ts';
import { accept, type Message, type MessageRow, type Role, reject } from '../../runtime/roles.ts';
import type { Journal } from './journal.ts';
import { payloadOf, type protocols } from './payloads.ts';

/**
 * Handlers that accept everything. A response gets the elements of the golden one of its type.
 *
 * @param processed gets each message that a `process…` handler was called with
 */
export function acceptAll(role: Role, processed: Journal<Message>): object {
  const version = role.protocol.version as keyof typeof protocols;
  const handlers: Record<string, unknown> = {};
  for (const row of receivedBy(role)) {
    if (row.response !== undefined) {
      const fields = elementsOf(rowOf(row.response, role.protocol), version);
      handlers[`preProcess${row.key}`] = () => accept(fields);
    }
    handlers[`process${row.key}`] = (message: Message) => processed.add(message);
  }
  return handlers;
}

/** Handlers that reject every request. */
export function rejectAll(role: Role, reasons: readonly string[]): object {
  const requests = receivedBy(role).filter((row) => row.response !== undefined);
  return Object.fromEntries(requests.map((row) => [`preProcess${row.key}`, () => reject(reasons)]));
}

/** The messages that a role receives. */
export function receivedBy(role: Role): readonly MessageRow[] {
  return [...role.protocol.messages.values()].filter((row) => row.to.includes(role.name));
}

/** The elements of the golden message of a type. */
function elementsOf(row: MessageRow, version: keyof typeof protocols): object {
  const sample = payloadOf(row.name, version).message as object as Readonly<Record<string, unknown>>;
  return Object.fromEntries(row.table.children.map(({ key }) => [key, sample[key]]));
}
