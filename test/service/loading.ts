/** @module A service whose code that works on queues cannot be loaded thrice, then can: what became of it is printed. A process of its own, since a module is loaded once. */

import { register } from 'node:module';
import { agr } from '../../generated/3.1.0/index.ts';
import { openScene, until } from '../support/participants.ts';

const hooks = `
  let failures = 3;
  export async function resolve(specifier, context, next) {
    if (specifier.endsWith('flow/queues.ts') && failures-- > 0) throw new Error('the disk is gone');
    return next(specifier, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
const scene = openScene();
await scene.outsider('DSO');
const service = await scene.join(agr);
const client = service.dsoClient('dso.example');
console.log(await client.sendTestMessage({}).then(() => 'sent', String));
console.log(await service.drain().then(() => 'drained', String));
service.start();
await until(() => scene.told('warning').length > 1);
console.log(scene.told('warning')[1]?.text);
await client.sendTestMessage({});
service.start();
await until(() => scene.told('delivered').length > 0);
await service.stop();
console.log('delivered');
