export { runtimeAliases } from './runtimes/aliases.ts';
export { knownRuntimes } from './runtimes/known.ts';
export { findRuntime, listRuntimes } from './runtimes/read.ts';
export { offerRuntimes } from './runtimes/offer.ts';
export { replaceRuntimes } from './runtimes/replace.ts';
