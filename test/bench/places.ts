/** @module Where a server of the bench keeps its messages: a place in, an open store out. */

import { sqlite } from '../../runtime/node.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { postgres } from '../../runtime/postgres.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { alone } from '../../runtime/store/sqlite/alone.ts';
import { SqlFile } from '../../runtime/store/sqlite/file.ts';
import { nodeHost } from '../../runtime/store/sqlite/node.ts';
import { sqlStore } from '../../runtime/store/sqlite/store.ts';

/** Which store; `single` is SQLite with a commit for each message, and no thread. */
export type Place =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite' | 'single'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

/** Opens it. */
export async function openPlace(place: Place): Promise<Store<never>> {
  switch (place.kind) {
    case 'memory':
      return memory();
    case 'sqlite':
      return sqlite(place.path);
    case 'single': {
      const file = new SqlFile(place.path, await nodeHost());
      return sqlStore(file, (hooks) => alone(file, hooks));
    }
    case 'postgres':
      return postgres(place.url, { schema: place.schema });
  }
}
