import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { nodePackage } from './paths.ts';

export const hostArchitectures = ['x64', 'arm64'] as const;
export type HostArchitecture = (typeof hostArchitectures)[number];

/** A reason why the sealed file cannot be made here; the message is meant for a person. */
export class CannotBuildHere extends Error {
  override readonly name = 'CannotBuildHere';
}

export interface Host {
  readonly platform: string;
  readonly architecture: string;
  /** The glibc that runs this process; undefined on musl and elsewhere. */
  readonly glibc: string | undefined;
  /** Whether packages of Debian can be fetched and unpacked. */
  readonly fetchesPackages: boolean;
}

export function thisHost(): Host {
  return {
    platform: process.platform,
    architecture: process.arch,
    glibc: glibcVersion(),
    fetchesPackages: isOnPath('apt-get') && isOnPath('dpkg-deb'),
  };
}

/**
 * Checks that the host can make the sealed file: its libraries go into the file, or those that its package sources have for the other
 * architecture. Throws CannotBuildHere with what to do instead.
 */
export function requireHost(host: Host, wanted: HostArchitecture): void {
  if (host.platform !== 'linux')
    throw refusal(`this is ${host.platform}, and the file is made on Linux`, wanted);
  if (host.glibc === undefined)
    throw refusal('this Linux has no glibc, whose libraries go into the file', wanted);
  if (!isAtLeast(host.glibc, 2, 34)) {
    throw refusal(
      `glibc ${host.glibc} is too old: from 2.34 on, name resolution is part of libc itself`,
      wanted,
    );
  }
  if (host.architecture !== wanted) {
    if (host.fetchesPackages) return;
    throw refusal(
      `this machine is ${host.architecture}, and has no apt-get and dpkg-deb to fetch the libraries of another architecture`,
      wanted,
    );
  }
  if (!existsSync(join(nodePackage(wanted), 'bin', 'node'))) {
    throw new CannotBuildHere(`The package node-linux-${wanted} is not installed. Run: npm ci`);
  }
}

function refusal(reason: string, wanted: HostArchitecture): CannotBuildHere {
  const platform = wanted === 'arm64' ? 'linux/arm64' : 'linux/amd64';
  return new CannotBuildHere(
    `The agent for ${wanted} cannot be built here: ${reason}.\n` +
      `Build it with Docker instead:\n` +
      `  docker build --platform ${platform} -f docker/Dockerfile.agent --output dist .`,
  );
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [hasMajor = 0, hasMinor = 0] = version.split('.').map(Number);
  return hasMajor > major || (hasMajor === major && hasMinor >= minor);
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

function glibcVersion(): string | undefined {
  const report: unknown = process.report.getReport();
  if (typeof report !== 'object' || report === null || !('header' in report)) return undefined;
  const { header } = report;
  if (typeof header !== 'object' || header === null || !('glibcVersionRuntime' in header)) return undefined;
  return String(header.glibcVersionRuntime);
}
