import { type Address, addressBook } from '../../runtime/lookup/address-book.ts';
import { spkiOfKey } from '../../runtime/seal/der.ts';
import { formatCs1, generateKeys } from '../../runtime/seal/keys.ts';
import { publicKey } from '../../runtime/seal/public-key.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('service: address book');

const fresh = { fresh: false };

test('a participant is found by its domain and role', async () => {
  const [a, b] = [(await generateKeys()).publicKey, (await generateKeys()).publicKey];
  const book = addressBook([
    { domain: 'both.example', role: 'AGR', key: a, endpoint: 'https://both.example/agr' },
    {
      domain: 'both.example',
      role: 'DSO',
      key: [b, formatCs1(publicKey(a))],
      endpoint: new URL('https://x.example'),
    },
    { domain: 'silent.example', role: 'CRO', key: a },
  ]);
  assert.equal(await book.keys({ domain: 'both.example', role: 'AGR' }, fresh), [a]);
  assert.is(((await book.keys({ domain: 'both.example', role: 'DSO' }, fresh)) as unknown[]).length, 2);
  assert.is(String(await book.endpoint({ domain: 'both.example', role: 'AGR' })), 'https://both.example/agr');
  assert.is(await book.endpoint({ domain: 'silent.example', role: 'CRO' }), undefined);
  for (const nobody of [
    { domain: 'both.example', role: 'CRO' },
    { domain: 'other.example', role: 'AGR' },
  ] as const) {
    assert.is(await book.keys(nobody, fresh), undefined);
    assert.is(await book.endpoint(nobody), undefined);
  }
});

test('a key is told as base64 text, whatever form it was given in', async () => {
  const { publicKey: text } = await generateKeys();
  const { bytes } = publicKey(text);
  const x = Buffer.from(bytes).toString('base64url');
  const forms = [text, `cs1.${text}`, bytes, spkiOfKey(bytes), { kty: 'OKP', crv: 'Ed25519', x }];
  const book = addressBook([{ domain: 'a.example', role: 'AGR', key: forms }]);
  assert.equal(
    await book.keys({ domain: 'a.example', role: 'AGR' }, fresh),
    forms.map(() => text),
  );
});

test('all that is wrong with the addresses is said at once', async () => {
  const { publicKey: key, privateKey } = await generateKeys();
  const good: Address = { domain: 'a.example', role: 'AGR', key };
  const cases: readonly [address: object, problem: RegExp][] = [
    [{ ...good, role: 'BRP' }, /^address 1 \(BRP a\.example\): role is not one of AGR, CRO, DSO$/],
    [{ ...good, key: 'hello' }, /^address 1 \(AGR a\.example\): key: \[key-invalid\]/],
    [{ ...good, key: [key, ''] }, /: key: \[key-invalid\]/],
    [{ ...good, key: [] }, /: key: at least one is needed$/],
    [{ ...good, key: privateKey }, /: key: \[key-invalid\]/],
    [{ ...good, endpoint: 'a.example' }, /: endpoint: Invalid URL/],
    [{ ...good, domain: 'A.example' }, /: domain: expected one in lower case/],
    [{ ...good, domain: undefined }, /: domain: /],
  ];
  const said = (addresses: readonly object[]): string[] => {
    try {
      addressBook(addresses as Address[]);
      return [];
    } catch (error) {
      assert.instance(error, TypeError);
      const [first, ...rest] = (error as Error).message.split('\n');
      assert.is(first, 'addressBook:');
      return rest.map((line) => line.replace('  - ', ''));
    }
  };
  for (const [address, problem] of cases) {
    const found = said([address]);
    assert.is(found.length, 1, found.join(' | '));
    assert.match(found[0] ?? '', problem);
  }
  assert.is(
    said(cases.map(([address], i) => ({ domain: `x${i}.example`, ...address }))).length >= cases.length,
    true,
  );
  assert.match(
    said([good, good])[0] ?? '',
    /^address 2 \(AGR a\.example\): is there twice; give one entry with several keys$/,
  );
  assert.equal(said([good, { ...good, role: 'DSO' }]), []);
  assert.not.match(
    said([{ ...good, key: privateKey }])[0] ?? '',
    new RegExp(privateKey.slice(0, 12).replace(/[+/]/g, '.')),
  );
});
