import { buildInfo } from '../../shared/build-info.ts';

/** `--version`: one line for people, or everything as JSON. */
export function versionText({ json }: { readonly json: boolean }): string {
  const info = buildInfo();
  if (json) return JSON.stringify(info);
  return `attune-agent ${info.version} (commit ${info.commit}, Node ${info.node}, ${info.architecture})`;
}
