/** @module `uftp open` and `uftp seal`: verify a SignedMessage, and make one. */

import { readMessage } from '../codec/message.ts';
import { formatIssue } from '../errors.ts';
import type { PublicKey } from '../ports/signer.ts';
import { type Party, type Protocol, roleNames } from '../roles.ts';
import { open as openSealed, seal as sealPayload } from '../seal/ed25519.ts';
import { nodeEd25519 } from '../seal/ed25519-node.ts';
import { readEnvelope, writeEnvelope } from '../seal/envelope.ts';
import { readPrivateKey } from '../seal/key-forms.ts';
import { importPrivateKey, type Jwk } from '../seal/keys.ts';
import { publicKey } from '../seal/public-key.ts';
import { type Command, need, readArguments, UsageError } from './command.ts';
import { readInput, writeOutput } from './files.ts';
import { keyOf } from './keys.ts';
import { allProtocols } from './versions.ts';

const openHelp = `uftp open --key K FILE

Verifies a SignedMessage and writes exactly the bytes of its payload to standard output.
Where the signature does not hold, nothing is written and the exit code is 1.

  FILE     a path, or - for standard input
  --key K  the sender's public key: base64 of 32 bytes, cs1. text, PEM or JWK; @file reads it from a file
  --json   print { valid, senderDomain, senderRole, payload } instead, the payload as text
  --help   print this
`;

const sealHelp = `uftp seal --key K --domain D --role R FILE

Signs a payload and writes the SignedMessage to standard output. A payload that is not valid is sealed all the same,
with a warning on standard error.

  FILE        the payload: a path, or - for standard input
  --key K     the private key: base64 of 64 bytes (or of a 32-byte seed), PEM or JWK; @file reads it from a file
  --domain D  SenderDomain
  --role R    SenderRole: AGR, CRO or DSO
  --json      print { envelope } instead
  --help      print this
`;

export const open: Command = {
  name: 'open',
  summary: 'verify a SignedMessage and print its payload',
  help: openHelp,
  async run(args) {
    const { values, positionals } = readArguments(args, {
      key: { type: 'string' },
      json: { type: 'boolean' },
    });
    const key = await keyOf(need(values.key, '--key'), senderKey);
    const bytes = await readInput(onlyFile(positionals));
    const envelope = readEnvelope(bytes, (allProtocols[0] as Protocol).envelope);
    const opened =
      envelope.sender === undefined ? undefined : await openSealed(nodeEd25519, [key], envelope.body);
    if (envelope.sender === undefined || opened === undefined) {
      for (const issue of envelope.issues) process.stderr.write(`${formatIssue(issue)}\n`);
      if (envelope.sender !== undefined) process.stderr.write('the signature does not hold under this key\n');
      if (values.json === true) await writeOutput(`${JSON.stringify({ valid: false })}\n`);
      return 1;
    }
    const { domain: senderDomain, role: senderRole } = envelope.sender;
    const payload = new TextDecoder('utf-8', { ignoreBOM: true }).decode(opened.payload);
    await writeOutput(
      values.json === true
        ? `${JSON.stringify({ valid: true, senderDomain, senderRole, payload })}\n`
        : opened.payload,
    );
    return 0;
  },
};

export const seal: Command = {
  name: 'seal',
  summary: 'sign a payload and print the SignedMessage',
  help: sealHelp,
  async run(args) {
    const { values, positionals } = readArguments(args, {
      key: { type: 'string' },
      domain: { type: 'string' },
      role: { type: 'string' },
      json: { type: 'boolean' },
    });
    const sender = {
      domain: need(values.domain, '--domain'),
      role: need(values.role, '--role') as Party['role'],
    };
    if (!roleNames.includes(sender.role))
      throw new UsageError(`--role is not one of ${roleNames.join(', ')}`);
    const signer = await keyOf(need(values.key, '--key'), (key) => importPrivateKey(key, nodeEd25519));
    const payload = await readInput(onlyFile(positionals));
    if (payload.length === 0) throw new UsageError('the payload is empty');
    warnAbout(payload, sender);
    const envelope = writeEnvelope(sender, await sealPayload(signer, payload));
    const issues = readEnvelope(envelope, (allProtocols[0] as Protocol).envelope).issues;
    if (issues[0] !== undefined) throw new UsageError(formatIssue(issues[0]));
    await writeOutput(
      values.json === true
        ? `${JSON.stringify({ envelope: new TextDecoder().decode(envelope) })}\n`
        : envelope,
    );
    return 0;
  },
};

function warnAbout(payload: Uint8Array, sender: Party): void {
  const { message, issues } = readMessage(payload, allProtocols);
  for (const issue of issues)
    process.stderr.write(`warning: the payload is not valid: ${formatIssue(issue)}\n`);
  if (message !== undefined && message.senderDomain !== sender.domain) {
    process.stderr.write(
      `warning: the payload's SenderDomain is ${message.senderDomain}, not ${sender.domain}\n`,
    );
  }
}

function onlyFile(positionals: readonly string[]): string {
  const [file] = positionals;
  if (file === undefined || positionals.length > 1)
    throw new UsageError('give exactly one file, or - for standard input');
  return file;
}

/** A public key; a private key in its place is called by its name. */
function senderKey(key: string | Jwk): PublicKey {
  try {
    return publicKey(key);
  } catch (error) {
    if (isPrivateKey(key))
      throw new UsageError('this is a private key; open takes the public key of the sender');
    throw error;
  }
}

function isPrivateKey(key: string | Jwk): boolean {
  try {
    readPrivateKey(key);
    return true;
  } catch {
    return false;
  }
}
