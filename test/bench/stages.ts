/** @module What a message costs, stage by stage, within one process; beside it, what other libraries take for a part. */

import { verify } from 'node:crypto';
import { protocol } from '../../generated/3.1.0/index.ts';
import { encode, readMessage } from '../../runtime/codec/message.ts';
import type { Message } from '../../runtime/roles.ts';
import { seal, signatureBytes, verifyDetached } from '../../runtime/seal/ed25519.ts';
import { nodeEd25519 } from '../../runtime/seal/ed25519-node.ts';
import { readEnvelope, writeEnvelope } from '../../runtime/seal/envelope.ts';
import { generateKeys, importPrivateKey } from '../../runtime/seal/keys.ts';
import { publicKey } from '../../runtime/seal/public-key.ts';
import { inRounds, median, medianRatio, repeated } from './figures.ts';
import { agr, measured } from './messages.ts';
import { keyObjects } from './native-keys.ts';
import { openLibxml2, parseByFastXmlParser } from './others.ts';
import type { StageRow } from './report.ts';

type Stage =
  | 'envelope'
  | 'nativeVerify'
  | 'verify'
  | 'read'
  | 'encode'
  | 'sign'
  | 'fastXmlParser'
  | 'libxml2';

/** Measures each message of {@link measured}. */
export async function measureStages(options: {
  readonly rounds: number;
  readonly sampleMs: number;
}): Promise<readonly Omit<StageRow, 'runtime'>[]> {
  const validate = openLibxml2();
  const cases = new Map<string, () => number>();
  const bytes = new Map<string, number>();
  for (const [name, message] of measured()) {
    bytes.set(name, encode(message, protocol).length);
    for (const [stage, run] of Object.entries(await stagesOf(message, validate)))
      cases.set(`${name} ${stage}`, repeated(run, options.sampleMs));
  }
  const samples = await inRounds(cases, options.rounds);
  return [...bytes].map(([message, size]) => {
    const of = (stage: Stage): readonly number[] => samples.get(`${message} ${stage}`) ?? [];
    return {
      message,
      bytes: size,
      envelopeUs: median(of('envelope')),
      nativeVerifyUs: median(of('nativeVerify')),
      verifyUs: median(of('verify')),
      verifyRatio: medianRatio(of('verify'), of('nativeVerify')),
      readUs: median(of('read')),
      encodeUs: median(of('encode')),
      signUs: median(of('sign')),
      fastXmlParserUs: median(of('fastXmlParser')),
      libxml2Us: median(of('libxml2')),
    };
  });
}

/** What each stage runs. Every run checks its own outcome: what fails must not pass for what is quick. */
async function stagesOf(
  message: Message,
  validate: (payload: Uint8Array) => void,
): Promise<Readonly<Record<Stage, () => void>>> {
  const keys = await generateKeys(nodeEd25519);
  const native = keyObjects(keys.privateKey, keys.publicKey);
  const key = publicKey(keys.publicKey);
  const signer = await importPrivateKey(keys.privateKey, nodeEd25519);
  const payload = encode(message, protocol);
  const sealed = await seal(signer, payload);
  const envelope = writeEnvelope(agr, sealed);
  const signature = sealed.subarray(0, signatureBytes);
  return {
    envelope: () => must(readEnvelope(envelope, protocol.envelope).sender !== undefined),
    nativeVerify: () => must(verify(null, payload, native.publicKey, signature)),
    verify: () => must(verifyDetached(nodeEd25519, key, signature, payload) === true),
    read: () => must(readMessage(payload, [protocol]).message !== undefined),
    encode: () => must(encode(message, protocol).length === payload.length),
    sign: () => must((signer.sign(payload) as Uint8Array).length === signatureBytes),
    fastXmlParser: () => must(parseByFastXmlParser(payload) !== undefined),
    libxml2: () => validate(payload),
  };
}

function must(done: boolean): void {
  if (!done) throw new Error('what is measured does not work');
}
