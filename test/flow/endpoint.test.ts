import { checkedEndpoint } from '../../runtime/flow/endpoint.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('flow: endpoint');

function problem(url: string, insecure: boolean): string | undefined {
  try {
    checkedEndpoint(new URL(url), insecure);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('an endpoint is https on 443 under a public name or address (rule 21)', () => {
  for (const url of [
    'https://dso.example/shapeshifter/api/v3/message',
    'https://dso.example:443/',
    'https://8.8.8.8/',
    'https://172.32.0.1/',
    'https://100.128.0.1/',
    'https://192.169.0.1/',
    // Names that only look like private ones:
    'https://localhost.dso.example/',
    'https://uftp.localenergy.example/',
    'https://10.dso.example/',
    'https://127.0.0.1.dso.example/',
    'https://internal.dso.example/',
  ]) {
    assert.is(problem(url, false), undefined, url);
  }
});

test('everything else is refused, with what to do in development', () => {
  const cases: readonly [url: string, text: RegExp][] = [
    ['http://dso.example/', /http:\/\/dso\.example is not https/],
    ['ftp://dso.example/', /is not https/],
    ['https://dso.example:8443/', /not on port 443/],
    ['https://localhost/', /private/],
    ['https://LOCALHOST/', /private/],
    ['https://localhost./', /private/],
    ['https://x.localhost/', /private/],
    ['https://printer.local/', /private/],
    ['https://db.internal/', /private/],
    ['https://127.0.0.1/', /private/],
    ['https://127.1/', /private/],
    ['https://2130706433/', /private/],
    ['https://0x7f.0.0.1/', /private/],
    ['https://0.0.0.0/', /private/],
    ['https://10.1.2.3/', /private/],
    ['https://172.16.0.1/', /private/],
    ['https://172.31.255.255/', /private/],
    ['https://192.168.1.1/', /private/],
    ['https://169.254.169.254/', /private/],
    ['https://100.64.0.1/', /private/],
    ['https://100.127.0.1/', /private/],
    ['https://224.0.0.1/', /private/],
    ['https://255.255.255.255/', /private/],
    ['https://[::1]/', /private/],
    ['https://[fe80::1]/', /private/],
    ['https://[::ffff:10.0.0.1]/', /private/],
  ];
  for (const [url, text] of cases) {
    assert.match(problem(url, false) ?? '', text, url);
    assert.match(problem(url, false) ?? '', /insecureEndpoints/);
  }
});

test('for development http, any port and private addresses may be allowed, but no other protocol', () => {
  for (const url of ['http://localhost:8080/x', 'https://10.0.0.1:9/', 'http://[::1]:3000/'])
    assert.is(problem(url, true), undefined);
  assert.match(problem('ftp://dso.example/', true) ?? '', /ftp: is no protocol/);
});

test('credentials in an endpoint are refused, and not repeated', () => {
  for (const insecure of [false, true]) {
    const text = problem('https://user:secret@dso.example/', insecure) ?? '';
    assert.match(text, /credentials/);
    assert.not.match(text, /secret|user/);
  }
});
