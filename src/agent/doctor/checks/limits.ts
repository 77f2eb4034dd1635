import { detectCapabilities } from '../../detect/container/capabilities.ts';
import { ok, warning, type Check } from '../finding.ts';

/** What an agent needs at rest, executions not counted: measured by `npm run bench`. */
const leastMemory = 128 * 2 ** 20;

/** What the cgroup allows. */
export function limitChecks(): Check[] {
  const { cpus, memory_bytes: memory } = detectCapabilities();
  const mebibytes = `${Math.floor(memory / 2 ** 20)} MiB`;
  return [
    {
      name: 'memory',
      examine: () =>
        memory < leastMemory
          ? warning(`${mebibytes}, and the agent alone needs about 100`, 'allow the container more memory')
          : ok(mebibytes),
    },
    {
      name: 'cpus',
      examine: () => ok(`${Math.round(cpus * 100) / 100}`),
    },
  ];
}
