// Serves a service with the module that is named as the argument, and prints the status of a GET.

import { argv } from 'node:process';
import { addressBook, generateKeys, memory } from 'shapeshifter-uftp';
import { agr } from 'shapeshifter-uftp/v3.1';

const { createService, serve } = await import(argv[2]);
const { privateKey } = await generateKeys();
const service = await createService(agr, {
  ...{ domain: 'agr.example', key: privateKey, store: memory(), lookup: addressBook([]), handlers: {} },
  observe() {},
});
const server = await serve(service, { port: 0 });
const { status } = await fetch(`${server.url}/shapeshifter/api/v3/message`);
console.log(status);
await server.stop();
