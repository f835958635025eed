/** @module What signatures cost by each backend, one at a time and with 64 under way: which of them a runtime should take. */

import { protocol } from '../../generated/3.1.0/index.ts';
import { encode } from '../../runtime/codec/message.ts';
import type { Ed25519 } from '../../runtime/ports/signer.ts';
import { verifyDetached } from '../../runtime/seal/ed25519.ts';
import { nobleEd25519 } from '../../runtime/seal/ed25519-noble.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { loadSodium } from '../../runtime/seal/ed25519-sodium-node.ts';
import { webcryptoEd25519 } from '../../runtime/seal/ed25519-webcrypto.ts';
import { publicKey } from '../../runtime/seal/public-key.ts';
import { inRounds, median, usedUs } from './figures.ts';
import { flexOffer } from './messages.ts';
import type { SignatureRow } from './report.ts';

interface Sample {
  readonly clockUs: number;
  readonly cpuUs: number;
}

/** Signatures of one sample for each millisecond that it should take; noble, which takes 2 ms for one, gets fewer. */
const perMs = 10;
const perMsOfNoble = 1;

/** Measures all backends that the runtime has. */
export async function measureSignatures(options: {
  readonly rounds: number;
  readonly sampleMs: number;
}): Promise<readonly Omit<SignatureRow, 'runtime'>[]> {
  const sodium = loadSodium();
  const backends = [nodeEd25519, webcryptoEd25519, nobleEd25519, ...(sodium === undefined ? [] : [sodium])];
  const cases = new Map<string, () => Promise<Sample>>();
  for (const backend of backends) {
    const count = options.sampleMs * (backend === nobleEd25519 ? perMsOfNoble : perMs);
    for (const [what, measure] of Object.entries(await casesOf(backend, count)))
      cases.set(`${backend.name} ${what}`, measure);
  }
  const samples = await inRounds(cases, options.rounds);
  return backends.map(({ name }) => {
    const of = (what: string): readonly Sample[] => samples.get(`${name} ${what}`) ?? [];
    return {
      backend: name,
      verifyUs: median(of('one').map(({ cpuUs }) => cpuUs)),
      verifyAt64Us: median(of('many').map(({ cpuUs }) => cpuUs)),
      verifyAt64ClockUs: median(of('many').map(({ clockUs }) => clockUs)),
      signUs: median(of('sign').map(({ cpuUs }) => cpuUs)),
    };
  });
}

async function casesOf(
  backend: Ed25519,
  count: number,
): Promise<Readonly<Record<'one' | 'many' | 'sign', () => Promise<Sample>>>> {
  const signer = await backend.signer(crypto.getRandomValues(new Uint8Array(32)));
  const key = publicKey(signer.publicKey);
  const payload = encode(flexOffer(96), protocol);
  const signature = await signer.sign(payload);
  const verify = async (): Promise<void> => {
    if ((await verifyDetached(backend, key, signature, payload)) !== true)
      throw new Error(`${backend.name} does not find a signature right`);
  };
  const sign = async (): Promise<unknown> => signer.sign(payload);
  return {
    one: () => timed(verify, count, 1),
    many: () => timed(verify, count, 64),
    sign: () => timed(sign, count, 1),
  };
}

/** Runs something `count` times, with so many under way. */
async function timed(run: () => Promise<unknown>, count: number, underWay: number): Promise<Sample> {
  const used = usedUs();
  const began = performance.now();
  let left = count;
  const work = async (): Promise<void> => {
    for (; left > 0; ) {
      left -= 1;
      await run();
    }
  };
  await Promise.all(Array.from({ length: underWay }, work));
  const ms = performance.now() - began;
  return { clockUs: (ms * 1000) / count, cpuUs: (usedUs() - used) / count };
}
