// A DSO asks an AGR for flexibility, in memory, both made by the module that is named as the argument; prints the answer.

import { argv } from 'node:process';
import { accept, addressBook, generateKeys, memory } from 'shapeshifter-uftp';
import { inMemoryTransport } from 'shapeshifter-uftp/testing';
import { agr, dso } from 'shapeshifter-uftp/v3.1';

const { createService } = await import(argv[2]);

const parties = await Promise.all(
  ['AGR', 'DSO'].map(async (role) => {
    const domain = `${role.toLowerCase()}.example`;
    return {
      role,
      domain,
      endpoint: `https://${domain}/shapeshifter/api/v3/message`,
      ...(await generateKeys()),
    };
  }),
);
const lookup = addressBook(
  parties.map(({ cs1, domain, role, endpoint }) => ({ key: cs1, domain, role, endpoint })),
);
const servers = new Map();

async function start({ domain, endpoint, privateKey }, version, handlers) {
  const service = await createService(version, {
    ...{ domain, key: privateKey, lookup, handlers, store: memory(), observe() {} },
    transport: inMemoryTransport(servers),
  });
  servers.set(new URL(endpoint).origin, service);
  service.start();
  return service;
}

const seller = await start(parties[0], agr, { preProcessFlexRequest: () => accept() });
const buyer = await start(parties[1], dso, {});
const response = await buyer.agrClient('agr.example').sendFlexRequest(
  {
    ispDuration: 'PT15M',
    timeZone: 'Europe/Amsterdam',
    period: '2030-06-03',
    congestionPoint: 'ean.871687120000000010',
    revision: 1n,
    expirationDateTime: '2030-06-02T12:00:00+02:00',
    isp: [{ start: 1, disposition: 'Requested', minPower: -400_000, maxPower: 0 }],
  },
  { reply: true },
);
console.log(`${response.$type} ${response.result}`);
await Promise.all([seller.stop(), buyer.stop()]);
