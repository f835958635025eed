/** @module The messages of a model go in, `roles.ts` comes out: handlers and clients of each role, and the role itself. */

import { type InterfaceDeclarationStructure, type MethodSignatureStructure, StructureKind } from 'ts-morph';
import { type Message, type RoleName, roleNames } from '../model.ts';
import { pascal } from '../names.ts';
import type { Constant, SourceFile, Statement } from '../print.ts';
import { type Context, docs, door, Imports } from './context.ts';
import { Call, Code, constant } from './expression.ts';

/** Writes `roles.ts`. A role has clients for the two other roles, not for its own. */
export function emitRoles(context: Context): SourceFile {
  const path = 'roles.ts';
  const file = new RolesFile(new Imports(path), context);
  const statements = roleNames.flatMap((role) => file.statements(role));
  return { path, imports: file.imports.structures(), statements };
}

const words: Readonly<Record<RoleName, string>> = { AGR: 'an AGR', CRO: 'a CRO', DSO: 'a DSO' };

class RolesFile {
  readonly imports: Imports;
  readonly #context: Context;

  constructor(imports: Imports, context: Context) {
    this.imports = imports;
    this.#context = context;
  }

  statements(role: RoleName): Statement[] {
    const partners = roleNames.filter((partner) => partner !== role && this.#sent(role, partner).length > 0);
    return [
      this.#handlers(role),
      ...partners.map((partner) => this.#client(role, partner)),
      this.#clients(role, partners),
      this.#kind(role),
      this.#role(role),
    ];
  }

  #sent(role: RoleName, partner: RoleName): readonly Message[] {
    const { messages } = this.#context.lookup.model;
    return messages.filter(({ from, to }) => from.includes(role) && to.includes(partner));
  }

  #handlers(role: RoleName): InterfaceDeclarationStructure {
    const received = this.#context.lookup.model.messages.filter(({ to }) => to.includes(role));
    return {
      kind: StructureKind.Interface,
      isExported: true,
      name: `${pascal(role)}Handlers`,
      // The compiler's rule against unused names knows the underscore.
      typeParameters: [{ name: received.length > 0 ? 'Tx' : '_Tx', default: 'unknown' }],
      docs: docs(
        `What ${words[role]} does with the messages that it receives. \`Tx\` is the store's transaction.`,
      ),
      methods: received.flatMap((message) => [this.#preProcess(message), this.#process(role, message)]),
    };
  }

  #preProcess(message: Message): Method {
    const { name, request } = message;
    const decision =
      request === undefined ? this.#decision(message) : this.imports.type('ResponseDecision', door);
    const end =
      request === undefined ? 'it is answered' : `it ends its ${request}, which a rejection leaves pending`;
    return {
      name: `preProcess${pascal(name)}`,
      hasQuestionToken: true,
      parameters: this.#parameters(message, this.imports.type('DecideContext', door)),
      returnType: `${this.imports.type('Awaitable', door)}<${decision}>`,
      docs: docs(`Decides on each ${name} before ${end}. Without it, ${this.#byDefault(message)}.`, [], 2),
    };
  }

  /** A response whose rejection must be filled in holds data that only a handler has: it cannot accept by itself. */
  #byDefault({ response, name }: Message): string {
    const answer = this.#context.lookup.model.messages.find((candidate) => candidate.name === response);
    return answer?.rejection === undefined
      ? 'every valid one is accepted'
      : `the answer waits until \`process${pascal(name)}\` responds`;
  }

  #decision(message: Message): string {
    return `${this.imports.type('Decision', door)}<${this.#fields(message)}>`;
  }

  #process(role: RoleName, message: Message): Method {
    const root = this.#context.lookup.model.roots.find((candidate) => candidate.name === message.name);
    const own =
      message.request === undefined
        ? `${this.imports.type('RequestContext', door)}<${this.#fields(message)}, Tx>`
        : `${this.imports.type('ProcessContext', door)}<Tx>`;
    const clients = `${this.imports.type('HandlerClients', door)}<${pascal(role)}Clients>`;
    const when = `Runs for each ${message.name} that was not rejected, once it is recorded; again where it throws.`;
    const about = root && this.#context.documentation.root(root);
    return {
      name: `process${pascal(message.name)}`,
      hasQuestionToken: true,
      parameters: this.#parameters(message, `${own} & ${clients}`),
      returnType: `${this.imports.type('Awaitable', door)}<void>`,
      docs: docs(about === undefined ? when : `${when}\n\n${about}`, [], 2),
    };
  }

  #parameters(message: Message, context: string): { name: string; type: string }[] {
    const type = this.#context.lookup.rootType(message.name);
    return [
      { name: 'message', type: this.imports.complexType(type.name, this.#context) },
      { name: 'context', type: context },
    ];
  }

  /** What a handler may add to the response of a request. */
  #fields({ response = '' }: Message): string {
    return this.#typeOf(response, 'Fields');
  }

  #typeOf(message: string, suffix: string): string {
    return this.imports.complexType(this.#context.lookup.rootType(message).name, this.#context, suffix);
  }

  #client(role: RoleName, partner: RoleName): InterfaceDeclarationStructure {
    return {
      kind: StructureKind.Interface,
      isExported: true,
      name: `${pascal(role)}${pascal(partner)}Client`,
      docs: docs(`What ${words[role]} may send to ${words[partner]}.`),
      properties: this.#sent(role, partner).map((message) => {
        const draft = this.#typeOf(message.name, 'Draft');
        const root = this.#context.lookup.model.roots.find((candidate) => candidate.name === message.name);
        const type =
          message.response === undefined
            ? `${this.imports.type('SendResponse', door)}<${draft}>`
            : `${this.imports.type('SendRequest', door)}<${draft}, ${this.#typeOf(message.response, '')}>`;
        return {
          name: `send${pascal(message.name)}`,
          type,
          docs: docs(root && this.#context.documentation.root(root), [], 2),
        };
      }),
    };
  }

  #clients(role: RoleName, partners: readonly RoleName[]): InterfaceDeclarationStructure {
    return {
      kind: StructureKind.Interface,
      isExported: true,
      name: `${pascal(role)}Clients`,
      docs: docs(`The clients of ${words[role]}, by the domain of the partner.`),
      methods: partners.map((partner) => ({
        name: `${partner.toLowerCase()}Client`,
        parameters: [{ name: 'domain', type: 'string' }],
        returnType: `${pascal(role)}${pascal(partner)}Client`,
        docs: docs(`A client for the ${partner} of a domain.`, [], 2),
      })),
    };
  }

  #kind(role: RoleName): InterfaceDeclarationStructure {
    return {
      kind: StructureKind.Interface,
      isExported: true,
      name: `${pascal(role)}Kind`,
      extends: [this.imports.type('RoleKind', door)],
      docs: docs(`What the compiler knows of ${words[role]}.`),
      properties: [
        {
          name: 'handlers',
          isReadonly: true,
          type: `${pascal(role)}Handlers<this['tx']>`,
          docs: docs('What it does with messages.', [], 2),
        },
        {
          name: 'clients',
          isReadonly: true,
          type: `${pascal(role)}Clients`,
          docs: docs('What it may send.', [], 2),
        },
      ],
    };
  }

  #role(role: RoleName): Constant {
    const kind = `${pascal(role)}Kind`;
    const protocol = new Code(this.imports.value('protocol', 'protocol.ts'));
    const call = new Call(`${this.imports.value('role', door)}<${kind}>`, role, protocol);
    const type = `${this.imports.type('Role', door)}<${kind}>`;
    const comment = `The role ${role} in UFTP ${this.#context.lookup.model.version}.`;
    return constant(role.toLowerCase(), type, call, comment);
  }
}

type Method = Omit<MethodSignatureStructure, 'kind'>;
