import { readFileSync } from 'node:fs';

export interface BuildInfo {
  readonly version: string;
  /** The git commit, `unknown` for a build outside git, `dev` when run from the sources. */
  readonly commit: string;
  /** The version of the Node inside. */
  readonly node: string;
  readonly architecture: string;
}

// The build replaces these two names by text; they do not exist when the sources run as they are.
declare const ATTUNE_VERSION: string | undefined;
declare const ATTUNE_COMMIT: string | undefined;

/** What this program is. */
export function buildInfo(): BuildInfo {
  return {
    version: typeof ATTUNE_VERSION === 'string' ? ATTUNE_VERSION : versionOfSources(),
    commit: typeof ATTUNE_COMMIT === 'string' ? ATTUNE_COMMIT : 'dev',
    node: process.versions.node,
    architecture: process.arch,
  };
}

function versionOfSources(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
