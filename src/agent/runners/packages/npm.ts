/** What the agent has of npm; in the sealed file, this is a part of its own (build/bundle.ts) that is loaded when it is needed. */
export { Arborist } from '@npmcli/arborist';
export { default as Config } from '@npmcli/config';
export { default as definitions } from '@npmcli/config/lib/definitions/index.js';
