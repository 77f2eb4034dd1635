import { versionText } from './version.ts';

/** Runs this container as a worker. */
export async function run(): Promise<number> {
  process.stdout.write(`${versionText({ json: false })}\n`);
  return 0;
}
