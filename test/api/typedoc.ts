/** @module A plugin of typedoc: modules are named as they are imported, and what follows `@module` is their description. */

import {
  type Application,
  type Context,
  Converter,
  type DeclarationReflection,
  ReflectionKind,
} from 'typedoc';
import { entries, root, specifier } from './entries.ts';

/** What typedoc calls once it has found the plugin. */
export function load(app: Application): void {
  const names = new Map([...entries()].map(([entry, source]) => [source, specifier(entry)]));
  const describe = (context: Context, module: DeclarationReflection): void => {
    if (!module.kindOf(ReflectionKind.Module)) return;
    // The symbol of a module is named by its path in quotes, without `.ts`.
    const path = context.getSymbolFromReflection(module)?.name.slice(1, -1) ?? '';
    const name = names.get(`${path.slice(root.length + 1)}.ts`);
    if (name === undefined) throw new Error(`${path} is no entry of package.json`);
    module.name = name;
    const tag = module.comment?.getTag('@module');
    if (module.comment === undefined || tag === undefined) return;
    // Left where it is, its text would become the name.
    module.comment.summary = tag.content;
    module.comment.removeTags('@module');
  };
  const beforeOthers = 1_000;
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, describe, beforeOthers);
}
