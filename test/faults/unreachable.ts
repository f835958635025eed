/** @module Origins on loopback at which no message can be handed over: nobody listens, or TLS fails. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

/** An origin that answers nobody. */
export interface Unreachable {
  readonly origin: string;
  close(): Promise<void>;
}

/** A port at which nobody listens any more: connections are refused. */
export async function nobody(): Promise<Unreachable> {
  const port = await listen(createServer());
  await port.close();
  return { origin: port.origin('http'), close: async () => {} };
}

/** A server with a certificate for the right name, which nobody vouches for. */
export async function selfSigned(): Promise<Unreachable> {
  const folder = mkdtempSync(join(tmpdir(), 'uftp-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
    execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return secure(createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A server that shares no cipher with anybody, as it has no certificate at all. */
export function noCipher(): Promise<Unreachable> {
  return secure(createTlsServer());
}

/** A server that speaks no TLS where it is asked to. */
export function plain(): Promise<Unreachable> {
  return secure(
    createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    ),
  );
}

async function secure(server: Server): Promise<Unreachable> {
  const { origin, close } = await listen(server);
  return { origin: origin('https'), close };
}

async function listen(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    origin: (scheme: 'http' | 'https') => `${scheme}://127.0.0.1:${address.port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
