/** @module `uftp keygen`: makes a pair of signing keys. */

import { generateKeys } from '../seal/keys.ts';
import { type Command, readArguments, UsageError } from './command.ts';
import { writeOutput } from './files.ts';

const help = `uftp keygen [--json]

Makes an Ed25519 key pair and prints it once; nothing is stored.

  Private key   base64 of 64 bytes (libsodium's form): for the option key of createService. Keep it in a key store.
  Public key    base64 of 32 bytes: for partners and address books.
  DNS text      the public key as it is published in DNS (rule 16).

Options:
  --json   print { privateKey, publicKey, cs1 }
  --help   print this
`;

export const keygen: Command = {
  name: 'keygen',
  summary: 'make a pair of signing keys',
  help,
  async run(args) {
    const { values, positionals } = readArguments(args, { json: { type: 'boolean' } });
    if (positionals.length > 0) throw new UsageError('keygen takes no file');
    const keys = await generateKeys();
    await writeOutput(
      values.json === true
        ? `${JSON.stringify(keys)}\n`
        : `Private key: ${keys.privateKey}\nPublic key:  ${keys.publicKey}\nDNS text:    ${keys.cs1}\n`,
    );
    return 0;
  },
};
