/** @module What the XSDs and the protocol file say goes in, the messages come out, and what does not fit is reported. */

import type { Schema } from './build.ts';
import { checkRejection } from './check-rejection.ts';
import {
  type Attribute,
  type ComplexType,
  type Literal,
  Lookup,
  type Message,
  type RoleName,
} from './model.ts';
import type { Problems } from './problems.ts';
import type { MessageFacts, ProtocolFacts } from './protocol-file.ts';
import { literalProblem } from './values.ts';

/** The attributes that the runtime reads of every message, and of the envelope. */
const messageAttributes = [
  'Version',
  'SenderDomain',
  'RecipientDomain',
  'TimeStamp',
  'MessageID',
  'ConversationID',
];
const envelopeAttributes = ['SenderDomain', 'SenderRole', 'Body'];

/** Puts together what is known of each message, in the order of the XSDs. */
export function checkProtocol(schema: Schema, facts: ProtocolFacts, problems: Problems): Message[] {
  return new ProtocolCheck(schema, facts, problems).messages();
}

class ProtocolCheck {
  readonly #schema: Schema;
  readonly #facts: ProtocolFacts;
  readonly #problems: Problems;
  readonly #lookup: Lookup;
  readonly #byName: ReadonlyMap<string, MessageFacts>;
  readonly #requestOf = new Map<string, string>();

  constructor(schema: Schema, facts: ProtocolFacts, problems: Problems) {
    this.#schema = schema;
    this.#facts = facts;
    this.#problems = problems;
    this.#lookup = new Lookup({ ...schema, ...facts, messages: [] });
    this.#byName = new Map(facts.messages.map((message) => [message.name, message]));
  }

  messages(): Message[] {
    this.#checkRoots();
    for (const message of this.#facts.messages) this.#pair(message);
    return this.#schema.roots.flatMap(({ name }) => {
      const facts = this.#byName.get(name);
      return facts === undefined || name === this.#facts.envelope ? [] : [this.#message(facts)];
    });
  }

  /** Every root is the envelope or has an entry, every entry has a root, and all have what the runtime reads. */
  #checkRoots(): void {
    const { envelope } = this.#facts;
    const roots = new Map(this.#schema.roots.map((root) => [root.name, root]));
    if (!roots.has(envelope)) {
      this.#refuse('', '', `"envelope"`, `${envelope} is no root element`, 'correct the name');
    }
    for (const { name, place = { file: '', line: 1 } } of roots.values()) {
      const known = name === envelope || this.#byName.has(name);
      if (!known) {
        const remedy = `add "${name}" to the messages of ${this.#facts.place().file}, with "from" and "to"`;
        this.#problems.report(
          place,
          `xs:element ${name}`,
          'the protocol file does not say who sends it',
          remedy,
        );
        continue;
      }
      const type = this.#lookup.rootType(name);
      for (const needed of name === envelope ? envelopeAttributes : messageAttributes) {
        if (this.#lookup.attribute(type, needed)?.required) continue;
        const problem = `has no required attribute ${needed}, which every ${name === envelope ? 'envelope' : 'message'} has`;
        this.#problems.report(
          place,
          `xs:element ${name}`,
          problem,
          'add it to its type, or extend a type that has it',
        );
      }
    }
    for (const { name } of this.#facts.messages) {
      if (roots.has(name) && name !== envelope) continue;
      const problem = name === envelope ? 'is the envelope' : 'is no root element of the XSDs';
      this.#refuse(name, '', `"${name}"`, problem, `correct the name, or set "${name}" to null`);
    }
  }

  #pair({ name, response, from, to }: MessageFacts): void {
    if (response === undefined) return;
    const construct = `"${name}.response"`;
    const answer = this.#byName.get(response);
    const other = this.#requestOf.get(response);
    if (answer === undefined || response === name) {
      this.#refuse(name, 'response', construct, `${response} is no other message`, 'correct the name');
    } else if (other !== undefined) {
      this.#refuse(name, 'response', construct, `${response} answers ${other} already`, 'give each its own');
    } else if (answer.response !== undefined) {
      this.#refuse(name, 'response', construct, `${response} has a response itself`, 'remove one of the two');
    } else if (!sameRoles(from, answer.to) || !sameRoles(to, answer.from)) {
      const problem = `${response} does not go from ${to.join(', ')} to ${from.join(', ')}`;
      this.#refuse(name, 'response', construct, problem, 'correct "from" and "to"');
    }
    this.#requestOf.set(response, name);
  }

  #message(facts: MessageFacts): Message {
    const { name } = facts;
    const request = this.#requestOf.get(name);
    const type = this.#lookup.rootType(name);
    const has = (attribute: string): boolean => this.#lookup.attribute(type, attribute) !== undefined;
    const result = request !== undefined && has('Result') && has('RejectionReason');
    if (request === undefined && facts.response === undefined) {
      const remedy = 'name its response, or name it as the response of another message';
      this.#refuse(name, '', `"${name}"`, 'is neither a request nor a response', remedy);
    }
    const message: Message = { ...facts, ...(request === undefined ? {} : { request }), result };
    this.#checkAttributes(message, type);
    this.#checkResponse(message, type);
    return message;
  }

  #checkAttributes(message: Message, type: ComplexType): void {
    const { name, constants, references, index, order, notAfter, implied } = message;
    for (const [attribute, value] of Object.entries(constants)) {
      const found = this.#attribute(name, 'constants', attribute, type);
      if (found) this.#checkLiteral(name, `constants.${attribute}`, value, found);
    }
    for (const [attribute, target] of Object.entries(references)) {
      this.#attribute(name, 'references', attribute, type);
      if (this.#byName.has(target)) continue;
      this.#refuse(
        name,
        'references',
        `"${name}.references.${attribute}"`,
        `${target} is no message`,
        'correct it',
      );
    }
    for (const [key, attributes] of Object.entries(index)) {
      for (const attribute of attributes) this.#attribute(name, 'index', attribute, type, `index.${key}`);
    }
    for (const attribute of order ?? []) this.#attribute(name, 'order', attribute, type);
    const until = notAfter === undefined ? undefined : this.#attribute(name, 'notAfter', notAfter, type);
    const refers = notAfter !== undefined && notAfter in references;
    if (until && !refers && this.#lookup.valueType(until.type).builtin.kind !== 'dateTime') {
      this.#refuse(
        name,
        'notAfter',
        `"${name}.notAfter"`,
        `${until.name} is no dateTime and no reference`,
        'name one that is',
      );
    }
    for (const [attribute, meaning] of Object.entries(implied)) {
      const found = this.#lookup.attribute(type, attribute);
      if ('whenAbsent' in meaning) this.#attribute(name, 'implied', meaning.whenAbsent, type);
      else if (found) this.#checkLiteral(name, `implied.${attribute}`, meaning.value, found);
      if (found && (found.required || found.default !== undefined)) {
        const problem = `${attribute} is never absent in this version`;
        this.#refuse(name, 'implied', `"${name}.implied"`, problem, 'remove it, or set "implied" to null');
      }
    }
  }

  #checkResponse(message: Message, type: ComplexType): void {
    const { name, request, reference, copies, rejection } = message;
    const ofResponses = { reference, copies: copies[0], rejection };
    if (request === undefined) {
      for (const [key, value] of Object.entries(ofResponses)) {
        if (value === undefined) continue;
        this.#refuse(name, key, `"${name}.${key}"`, `${name} is no response`, 'remove it');
      }
      return;
    }
    if (reference !== undefined) this.#attribute(name, 'reference', reference, type);
    if (!this.#schema.roots.some((root) => root.name === request)) return;
    const source = this.#lookup.rootType(request);
    for (const copied of copies) {
      const target = this.#attribute(name, 'copies', copied, type);
      const original = this.#lookup.attribute(source, copied);
      if (target === undefined || original?.type === target.type) continue;
      const problem = `${request} has no attribute ${copied} of the same type`;
      this.#refuse(name, 'copies', `"${name}.copies"`, problem, 'remove it');
    }
    checkRejection(message, { type, request: source }, this.#lookup, (path, problem, remedy) => {
      this.#refuse(name, 'rejection', `"${[name, 'rejection', ...path].join('.')}"`, problem, remedy);
    });
  }

  #attribute(
    message: string,
    key: string,
    attribute: string,
    type: ComplexType,
    path: string = key,
  ): Attribute | undefined {
    const found = this.#lookup.attribute(type, attribute);
    if (found === undefined) {
      const problem = `${message} has no attribute ${attribute}`;
      this.#refuse(message, key, `"${message}.${path}"`, problem, 'correct the name or remove it');
    }
    return found;
  }

  #checkLiteral(message: string, path: string, value: Literal, attribute: Attribute): void {
    const problem = literalProblem(value, this.#lookup.valueType(attribute.type));
    const [key = ''] = path.split('.');
    if (problem)
      this.#refuse(message, key, `"${message}.${path}"`, problem, `write a value of ${attribute.type}`);
  }

  #refuse(message: string, key: string, construct: string, problem: string, remedy: string): void {
    this.#problems.report(this.#facts.place(message, key), construct, problem, remedy);
  }
}

function sameRoles(a: readonly RoleName[], b: readonly RoleName[]): boolean {
  return [...a].sort().join() === [...b].sort().join();
}
