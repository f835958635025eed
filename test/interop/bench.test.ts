import { measureHttp } from '../bench/http.ts';
import { peerRow } from '../bench/peer.ts';
import { assert, suite } from '../support/suite.ts';
import { absent } from './shared.ts';

const test = suite('interop: bench');

if (absent !== undefined) test.skip('the Python service can be put under load', absent);
else
  test('the Python service can be put under load', async () => {
    const [row] = await measureHttp([peerRow], { rounds: 1, warmUps: 0, requests: 500 }, () => {});
    assert.is(row?.runtime, 'python');
    assert.ok(row !== undefined && row.cpuUs > 0 && row.requestsPerSecond > 0, JSON.stringify(row));
    assert.is(row.peerRatio, 1);
  });
