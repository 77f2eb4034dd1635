import { UsageError, readArguments, usage } from './arguments.ts';
import { clearCache } from './cache.ts';
import { collectFacts } from './facts.ts';
import { CannotBuildHere } from './host.ts';
import { progressLines, silent } from './progress.ts';
import { fingerprintOf, isUpToDate, rememberOutputs } from './up-to-date.ts';

async function main(): Promise<void> {
  const start = performance.now();
  const { architecture, parts, quiet, force } = readArguments(process.argv.slice(2), process.arch);
  const facts = collectFacts();
  const fingerprint = fingerprintOf(facts);
  const { agentTarget, commandLineTarget, serverTarget } = await import('./targets.ts');
  const targetOf = { agent: agentTarget, cli: commandLineTarget, server: serverTarget };
  const targets = parts.map((part) => targetOf[part](architecture));

  if (force) clearCache();
  const progress = quiet ? silent : progressLines(console.log);
  for (const target of targets) {
    if (isUpToDate(target.name, fingerprint, target.outputs)) continue;
    // One after the other: each phase uses all processors by itself.
    await target.make(facts, progress);
    rememberOutputs(target.name, fingerprint, target.outputs);
  }
  if (quiet) return;
  console.log(`${'total'.padEnd(20)}${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s\n`);
  const { sizeTable } = await import('./sizes.ts');
  console.log(await sizeTable(targets.flatMap(({ outputs: [first = ''] }) => first)));
}

try {
  await main();
} catch (error) {
  if (error instanceof CannotBuildHere) console.error(error.message);
  else if (error instanceof UsageError) console.error(`${error.message}\n\n${usage}`);
  else if (!wasReported(error)) throw error;
  process.exitCode = 1;
}

/** esbuild has already written its errors, with the lines of source that they are about. */
function wasReported(error: unknown): boolean {
  return error instanceof Error && 'errors' in error;
}
