/** @module Certificates of the tests' own, made by openssl: names come in, PEM texts come out. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its private key, as PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];

/** An authority that nobody knows. */
export class Authority {
  readonly #own: Pair = made((folder) =>
    openssl(
      folder,
      'req',
      '-x509',
      ...kind,
      '-subj',
      '/CN=authority',
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
    ),
  );

  /** Its own certificate. */
  get cert(): string {
    return this.#own.cert;
  }

  /** Vouches for a name. */
  issue(name: string): Pair {
    return made((folder) => {
      writeFileSync(join(folder, 'ca.pem'), this.#own.cert);
      writeFileSync(join(folder, 'ca-key.pem'), this.#own.key);
      writeFileSync(join(folder, 'extensions'), `subjectAltName=DNS:${name}\n`);
      const [request, issuer] = ['request.pem', ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial']];
      openssl(
        folder,
        'req',
        ...kind.slice(0, -2),
        '-subj',
        `/CN=${name}`,
        '-keyout',
        'key.pem',
        '-out',
        request,
      );
      const signed = ['-in', request, '-days', '30', '-extfile', 'extensions', '-out', 'cert.pem'];
      openssl(folder, 'x509', '-req', ...issuer, ...signed);
    });
  }
}

function made(make: (folder: string) => void): Pair {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-certificates-'));
  try {
    make(folder);
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
    return { cert: read('cert.pem'), key: read('key.pem') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openssl(cwd: string, ...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd, stdio: 'ignore' });
}
