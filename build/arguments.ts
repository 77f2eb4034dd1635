import { parseArgs } from 'node:util';

import { type HostArchitecture, hostArchitectures } from './host.ts';

export const usage = `Usage: node build/main.ts [--quiet] [--arch x64|arm64] [--only agent|cli|server] [--force]

Makes dist/attune.mjs, the sealed dist/attune-agent, and for docker/Dockerfile.server the sealed command; with another architecture than this machine's, dist/attune-agent-aarch64 or -x86_64.
The parts of that are fetched by npm and apt. What did not change is not made again, except with --force.`;

/** The build was called wrongly; the message says in which argument. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const parts = ['agent', 'cli', 'server'] as const;

export interface BuildArguments {
  readonly architecture: HostArchitecture;
  /** What to make. */
  readonly parts: readonly (typeof parts)[number][];
  readonly quiet: boolean;
  readonly force: boolean;
}

/** Reads the arguments of the build; throws a UsageError that names the one that is wrong. */
export function readArguments(args: readonly string[], hostArchitecture: string): BuildArguments {
  const values = parse(args);
  const wanted = values.arch ?? hostArchitecture;
  const architecture = hostArchitectures.find((name) => name === wanted);
  if (architecture === undefined) throw new UsageError(`--arch must be x64 or arm64, not ${wanted}`);
  const asked = parts.filter((name) => name === (values.only ?? name));
  if (asked.length === 0) throw new UsageError(`--only must be agent, cli or server, not ${values.only}`);
  return {
    architecture,
    parts: asked,
    quiet: values.quiet,
    force: values.force,
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quiet: { type: 'boolean', default: false },
        force: { type: 'boolean', default: false },
        arch: { type: 'string' },
        only: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
