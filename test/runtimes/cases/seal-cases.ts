/** @module Cases of signing with the portable Ed25519: keys in each form, sealing and opening. */

import {
  generateKeys,
  importPrivateKey,
  isUftpError,
  open,
  portableEd25519,
  publicKey,
  readEnvelope,
  seal,
  writeEnvelope,
} from 'shapeshifter-uftp';
import { protocol } from 'shapeshifter-uftp/v3.1';
import { type Case, equal, thrown } from './case.ts';

/** The first key of RFC 8032, as RFC 8037 writes it. */
const jwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
};
const seed = 'nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=';
const publicHalf = '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
/** Its signature of nothing, in hex. */
const signature =
  'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
  '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b';

const payload = new TextEncoder().encode('<TestMessage/>');

/** Cases of keys, sealing and opening. */
export const sealCases: readonly Case[] = [
  {
    title: 'new keys are 64 and 32 bytes, differ each time, and belong together',
    async run() {
      const [one, other] = [await generateKeys(), await generateKeys()];
      equal([bytesOf(one.privateKey).length, bytesOf(one.publicKey).length], [64, 32], 'lengths');
      equal(one.privateKey === other.privateKey, false, 'the same key twice');
      equal(publicKey(one.cs1).text, one.publicKey, 'the key in the cs1. text');
      const { publicKey: derived } = await importPrivateKey(one.privateKey);
      equal(derived, publicKey(one.publicKey).bytes, 'the public half');
    },
  },
  {
    title: 'a private key of 64 bytes, its seed and a JWK sign alike',
    async run() {
      const whole = Uint8Array.of(...bytesOf(seed), ...bytesOf(publicHalf));
      for (const [form, key] of Object.entries({ whole, seed, bytes: bytesOf(seed), jwk })) {
        const signer = await importPrivateKey(key);
        equal(signer.publicKey, bytesOf(publicHalf), `public key of the ${form}`);
        equal(hexOf(await signer.sign(new Uint8Array())), signature, `signature by the ${form}`);
      }
    },
  },
  {
    title: 'a key whose halves do not belong together is refused',
    async run() {
      const { publicKey: stranger } = await generateKeys();
      const mixed = Uint8Array.of(...bytesOf(seed), ...bytesOf(stranger));
      const error = await thrown(() => importPrivateKey(mixed));
      equal(isUftpError(error) && error.code, 'key-invalid', 'code');
    },
  },
  {
    title: 'what was sealed opens, through an envelope and under one key of several',
    async run() {
      const [{ privateKey, publicKey: own }, { publicKey: other }] = [
        await generateKeys(),
        await generateKeys(),
      ];
      const sender = { domain: 'dso.example', role: 'DSO' } as const;
      const sealed = await seal(await importPrivateKey(privateKey), payload);
      const envelope = readEnvelope(writeEnvelope(sender, sealed), protocol.envelope);
      if (envelope.sender === undefined) throw new Error('the envelope cannot be read');
      equal([envelope.sender, envelope.body], [sender, sealed], 'the envelope');
      const keys = [publicKey(other), publicKey(own)];
      const opened = await open(await portableEd25519(), keys, envelope.body);
      equal(opened?.payload, payload, 'the payload');
    },
  },
  {
    title: 'a body has one spelling in base64, white space aside',
    async run() {
      const letters = 'A'.repeat(84);
      for (const [end, length] of [
        ['AAAA', 66],
        ['AAA=', 65],
        ['AA\nA =', 65],
        ['AAA', undefined],
        ['AAB=', undefined],
        ['AA=A', undefined],
        ['AAA=====', undefined],
        ['AA-_', undefined],
        ['AA\u00e9A', undefined],
      ] as const) {
        const text = `<SignedMessage SenderDomain="dso.example" SenderRole="DSO" Body="${letters}${end}"/>`;
        const envelope = readEnvelope(new TextEncoder().encode(text), protocol.envelope);
        equal(envelope.sender && envelope.body.length, length, JSON.stringify(end));
      }
    },
  },
  {
    title: 'one changed byte, wherever it is, and another key do not open',
    async run() {
      const backend = await portableEd25519();
      const [own, other] = [await generateKeys(), await generateKeys()];
      const sealed = await seal(await importPrivateKey(own.privateKey), payload);
      for (let index = 0; index < sealed.length; index += 1) {
        const tampered = sealed.slice();
        tampered[index] = (tampered[index] ?? 0) ^ 1;
        equal(await open(backend, [publicKey(own.publicKey)], tampered), undefined, `byte ${index}`);
      }
      equal(await open(backend, [publicKey(other.publicKey)], sealed), undefined, 'another key');
    },
  },
  {
    title: 'a key of small order never opens, although the equation holds for every message',
    async run() {
      const identity = new Uint8Array(32);
      identity[0] = 1;
      // R is the identity and S is 0: under the identity as key, S·B = R + h·A whatever h is.
      const forged = Uint8Array.of(...identity, ...new Uint8Array(32), ...payload);
      equal(await open(await portableEd25519(), [publicKey(identity)], forged), undefined, 'what it opens');
    },
  },
];

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
