import { dirname, join } from 'node:path';
import { rcompare } from 'semver';
import type { DetectedRuntime } from '../../contract/capability.ts';
import type { RuntimeDefinition, VerificationCommand } from '../../contract/runtime.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import { findCandidates, type Candidate } from './candidates.ts';
import { createPatternReader, type PatternReader } from './pattern-reader.ts';
import { runProbe, type ProbeSurroundings } from './probe.ts';
import { readSearchPath, type Folder } from './search-path.ts';
import { readSmallFile } from './small-file.ts';
import type { Verified } from './version.ts';

/** The PATH of the environment is searched, and the version commands get it without our own settings. */
export interface Detection extends ProbeSurroundings {
  /** The runtimes to look for. */
  readonly templates: readonly RuntimeDefinition[];
  /** Real paths of files that are no interpreters of the container by whatever name they go: the agent's own. */
  readonly ignored?: readonly string[];
  /** Hears of each file that looks like an interpreter and is not offered. */
  readonly onRefused?: (refused: Refused) => void;
}

/** A file that has the name of an interpreter, and why it is none: the end of a sentence that starts with its path. */
export interface Refused {
  readonly runtime: string;
  readonly path: string;
  readonly reason: string;
}

/**
 * Finds every interpreter of the templates and its version, all at once.
 *
 * The result is in the order of the templates. The first of each runtime is its default: the one that its plain name means
 * in this container. The other versions follow, the highest first. A runtime without a version stands only where
 * no interpreter of it tells one.
 */
export async function detectRuntimes(detection: Detection): Promise<DetectedRuntime[]> {
  const folders = await readSearchPath(detection.environment['PATH']);
  const found = await Promise.all(
    detection.templates.map((template) => detectRuntime(template, folders, detection)),
  );
  return found.flat();
}

async function detectRuntime(
  template: RuntimeDefinition,
  folders: readonly Folder[],
  detection: Detection,
): Promise<DetectedRuntime[]> {
  const name = canonicalRuntime(template.name);
  const {
    commands = [],
    always_available: always = false,
    agent_version: part,
  } = template.distributions.verification ?? {};
  const read = createPatternReader(name);
  const candidates = await findCandidates(commands, folders);
  const usable = candidates.filter(({ file }) => !detection.ignored?.includes(file));
  const verified = await Promise.all(
    usable.map(async (candidate) => ({ candidate, result: await verify(candidate, detection, read) })),
  );
  const interpreters: DetectedRuntime[] = [];
  for (const { candidate, result } of verified) {
    if ('problem' in result)
      detection.onRefused?.({ runtime: name, path: candidate.path, reason: result.problem });
    else interpreters.push({ name, path: candidate.path, ...result });
  }
  if (interpreters.length > 0 || !always) return defaultThenHighest(interpreters);
  return [part === undefined ? { name } : { name, version: process.versions[part] }];
}

/** One interpreter for each version, the default first. */
function defaultThenHighest(interpreters: readonly DetectedRuntime[]): DetectedRuntime[] {
  const byVersion = new Map<string, DetectedRuntime>();
  for (const interpreter of interpreters) {
    const { version } = interpreter;
    if (version !== undefined && !byVersion.has(version)) byVersion.set(version, interpreter);
  }
  const [first, ...others] = byVersion.values();
  if (first === undefined) return interpreters.slice(0, 1);
  return [first, ...others.toSorted((a, b) => rcompare(a.version ?? '', b.version ?? ''))];
}

type Verification = Verified | { readonly problem: string };

async function verify(
  { path, file, command }: Candidate,
  surroundings: ProbeSurroundings,
  read: PatternReader,
): Promise<Verification> {
  const fromFile = await readVersionFile(file, command, read);
  if (fromFile?.version !== undefined) return fromFile;
  const probe = await runProbe(path, command, surroundings);
  if ('problem' in probe) return probe;
  if (probe.exitCode !== command.exit_code) return { problem: `exits with ${probe.exitCode}` };
  const found = read(probe.output, command.pattern);
  if (found === 'too slow') return { problem: 'prints what its pattern is not done with in time' };
  return found ?? { problem: 'prints no version that we know' };
}

async function readVersionFile(
  file: string,
  command: VerificationCommand,
  read: PatternReader,
): Promise<Verified | undefined> {
  if (command.version_file === undefined) return undefined;
  const { path, pattern } = command.version_file;
  const text = await readSmallFile(join(dirname(file), path));
  const found = read(text, pattern);
  return found === 'too slow' ? undefined : found;
}
