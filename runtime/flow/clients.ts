/** @module The typed clients of a role, made from the rows of its protocol version: one method for each message it may send. */

import { type Message, type Party, type RoleName, roleNames, type SendOptions, type Sent } from '../roles.ts';
import type { Participant } from './engine.ts';

/** Sends one message: commits it at once, or collects it for a handler. */
export type Send = (
  recipient: Party,
  name: string,
  draft: object,
  options: SendOptions & { readonly reply?: boolean; readonly withinMs?: number },
) => Promise<Sent | Message>;

/** `agrClient`, `croClient` and `dsoClient`, as far as the role has partners in them. */
export function clientsOf(
  participant: Participant,
  send: Send,
): Readonly<Record<string, (domain: string) => object>> {
  const clients: Record<string, (domain: string) => object> = {};
  for (const role of roleNames) {
    if (role === participant.party.role) continue;
    clients[`${role.toLowerCase()}Client`] = (domain) =>
      client(participant, { domain: checkedDomain(domain), role }, send);
  }
  return clients;
}

function client(participant: Participant, recipient: Party, send: Send): object {
  const own: RoleName = participant.party.role;
  const methods: Record<string, (draft: object, options?: SendOptions) => Promise<Sent | Message>> = {};
  for (const row of participant.protocol.messages.values()) {
    if (!row.from.includes(own) || !row.to.includes(recipient.role)) continue;
    methods[`send${row.key}`] = (draft, options = {}) => send(recipient, row.name, draft, options);
  }
  return methods;
}

function checkedDomain(domain: string): string {
  if (typeof domain !== 'string' || domain === '')
    throw new TypeError('a client needs the domain of the partner');
  return domain;
}
