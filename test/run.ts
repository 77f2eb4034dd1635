/**
 * `npm test`: checks, build, then every test; arguments go to vitest (`npm test -- test/unit`). The last line counts all.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createVitest, parseCLI, type TestModule, type Vitest } from 'vitest/node';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const steps: Readonly<Record<string, readonly string[]>> = {
  types: ['npm', 'run', '--silent', 'check:types'],
  lint: ['npm', 'run', '--silent', 'check:lint'],
  format: ['npm', 'run', '--silent', 'check:format'],
  build: [process.execPath, 'build/main.ts', '--quiet'],
};

const count: Count = { passed: 0, failed: 0, skipped: 0 };
for (const [name, command] of Object.entries(steps)) {
  const passed = await succeeds(command);
  count[passed ? 'passed' : 'failed'] += 1;
  console.log(`${passed ? '✓' : '✗'} ${name}`);
}

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const vitest = await createVitest(options);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void vitest.close().finally(() => process.exit(130)));
}
await vitest.start(filter);
add(vitest);
await vitest.close();

const skipped = count.skipped === 0 ? '' : `, ${count.skipped} skipped`;
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
process.exit(count.failed > 0 || count.passed === 0 ? 1 : 0);

/** Whether the command ends well; its output is shown as it comes. */
async function succeeds([program = '', ...args]: readonly string[]): Promise<boolean> {
  const step = spawn(program, args, { stdio: 'inherit' });
  await once(step, 'exit');
  return step.exitCode === 0;
}

function add({ state }: Vitest): void {
  for (const module of state.getTestModules()) addModule(module);
  count.failed += state.getUnhandledErrors().length;
}

/** A file that failed to load, or a hook that failed, is a failure of its own. */
function addModule(module: TestModule): void {
  const tests = [...module.children.allTests()];
  for (const test of tests) {
    const { state, errors } = test.result();
    count[state === 'pending' ? 'failed' : state] += 1;
    if (test.diagnostic()?.flaky !== true) continue;
    console.log(`Passed only at the second try: ${test.fullName}`);
    for (const { message, diff = '' } of errors ?? []) console.log(`  ${message}\n${diff}`);
  }
  if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed'))
    count.failed += 1;
}
