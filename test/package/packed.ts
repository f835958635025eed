/** @module The package as it is published: built and packed once, and served to npm, Bun and Deno as a registry would. */

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../api/entries.ts';
import { must, show } from './command.ts';

/** The package in a tarball. */
export interface Packed {
  /** Path of the tarball. */
  readonly tarball: string;
  /** Paths within the package. */
  readonly files: readonly string[];
  readonly version: string;
  /** A registry that has this package, and sends for all others to the one that npm is configured for. */
  readonly registry: string;
}

let packed: Promise<Packed> | undefined;

/** Builds and packs the checkout, once per process. */
export function pack(): Promise<Packed> {
  packed ??= build();
  return packed;
}

async function build(): Promise<Packed> {
  show('building and packing');
  const folder = mkdtempSync(join(tmpdir(), 'uftp-packed-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const output = await must('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  // The build's own lines come before the JSON.
  const [told] = JSON.parse(output.slice(output.search(/^\[$/m)));
  const { filename, version, integrity, files } = told as {
    readonly filename: string;
    readonly version: string;
    readonly integrity: string;
    readonly files: readonly { readonly path: string }[];
  };
  const tarball = join(folder, filename);
  const registry = await serve(tarball, version, integrity);
  return { tarball, files: files.map(({ path }) => path), version, registry };
}

async function serve(tarball: string, version: string, integrity: string): Promise<string> {
  const upstream = (await must('npm', ['config', 'get', 'registry'], { cwd: tmpdir() })).trim();
  const bytes = readFileSync(tarball);
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const shasum = createHash('sha1').update(bytes).digest('hex');
  const server = createServer(({ url = '/' }, response: ServerResponse) => {
    if (url === '/package.tgz') {
      response.end(bytes);
    } else if (url === `/${manifest.name}`) {
      const dist = { tarball: `${origin}/package.tgz`, integrity, shasum };
      const versions = { [version]: { ...manifest, dist } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: manifest.name, 'dist-tags': { latest: version }, versions }));
    } else {
      response.writeHead(307, { location: new URL(url.slice(1), upstream).href }).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return origin;
}
