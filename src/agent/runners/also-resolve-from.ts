import { createRequire, registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** `name`, `@scope/name`, `#internal`; not `./file` or `/file`, nor `node:fs` or `file:///`. */
const bareName = /^[^./][^:]*$/;

/**
 * Lets packages be found that no `node_modules` above the importing file has, by import as well as by require, which NODE_PATH alone
 * would serve.
 * @param modules an absolute path of a folder `node_modules`
 */
export function alsoResolveFrom(modules: string): void {
  const parentURL = pathToFileURL(join(dirname(modules), 'package')).href;
  const { resolve } = createRequire(parentURL);
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (context.parentURL === parentURL || !bareName.test(specifier)) throw error;
        try {
          // Hooks of require do not heed another parent.
          return context.conditions.includes('require')
            ? { url: pathToFileURL(resolve(specifier)).href, shortCircuit: true }
            : next(specifier, { ...context, parentURL });
        } catch {
          throw error;
        }
      }
    },
  });
}
