import { type Answer, begin } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { open } from './offering.ts';

const test = suite('flow: redirects');

test('307 and 308 are followed twice at most, with the same bytes', async () => {
  const to = (location: string, status = 307): Answer => ({ status, headers: { location } });
  const { scene, tries, record } = await open([to('https://a.example/x'), to('/y?z', 308), { status: 200 }]);
  await scene.drain();
  assert.equal(
    tries.map(({ url }) => url),
    ['https://dso.example/shapeshifter/api/v3/message', 'https://a.example/x', 'https://a.example/y?z'],
  );
  assert.equal(tries[2]?.bytes, tries[0]?.bytes);
  assert.is((await record()).state, 'done');
  const endless = await open([to('https://a.example/x')]);
  await endless.scene.drain();
  assert.is(endless.tries.length, 3);
  const { state, attempts } = await endless.record();
  assert.is(state, 'waiting');
  assert.equal(attempts, [{ at: begin, text: 'more than 2 redirects' }]);
});

test('a redirect is followed only where an endpoint may be', async () => {
  const cases: readonly [headers: Readonly<Record<string, string>>, text: RegExp][] = [
    [{ location: 'http://a.example/' }, /not https/],
    [{ location: 'https://a.example:8443/' }, /not on port 443/],
    [{ location: 'https://127.0.0.1/' }, /private network/],
    [{ location: 'https://[::1]/' }, /private network/],
    [{ location: 'https://user:secret@a.example/' }, /credentials/],
    [{ location: 'https://' }, /Invalid URL/],
    [{}, /HTTP 307 without Location/],
  ];
  for (const [headers, text] of cases) {
    const { scene, tries, record } = await open([{ status: 307, headers }]);
    await scene.drain();
    const { state, attempts } = await record();
    assert.is(state, 'waiting');
    assert.is(tries.length, 1);
    assert.match(attempts[0]?.text ?? '', text);
    assert.not.match(attempts[0]?.text ?? '', /secret/);
    assert.is(attempts[0]?.ambiguous, undefined);
  }
});

test('http, other ports and private addresses are endpoints only with insecureEndpoints', async () => {
  for (const endpoint of ['http://dso.example/', 'https://dso.example:8443/', 'http://127.0.0.1:8080/x']) {
    for (const insecureEndpoints of [false, true]) {
      const { scene, tries, record } = await open([{ status: 200 }], { insecureEndpoints });
      scene.endpoints.set('DSO dso.example', endpoint);
      await scene.drain();
      assert.is((await record()).state, insecureEndpoints ? 'done' : 'waiting');
      assert.is(tries.length, insecureEndpoints ? 1 : 0);
    }
  }
});
