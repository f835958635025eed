/** @module A service whose worker's code cannot be loaded twice, then can: what became of it is printed. A process of its own, since a module is loaded once. */

import { register } from 'node:module';
import { agr } from '../../generated/3.1.0/index.ts';
import { openScene, until } from '../support/participants.ts';

const hooks = `
  let failures = 2;
  export async function resolve(specifier, context, next) {
    if (specifier.endsWith('flow/queues.ts') && failures-- > 0) throw new Error('the disk is gone');
    return next(specifier, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
const scene = openScene();
await scene.outsider('DSO');
const service = await scene.join(agr);
await service.dsoClient('dso.example').sendTestMessage({});
console.log(await service.drain().then(() => 'drained', String));
service.start();
await until(() => scene.told('warning').length > 1);
console.log(scene.told('warning')[1]?.text);
service.start();
await until(() => scene.told('delivered').length > 0);
await service.stop();
console.log('delivered');
