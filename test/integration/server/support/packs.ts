import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningServer } from './running-server.ts';

/** A pack whose actions take all kinds of parameters. */
export function samplePack(ref = 'sample'): Readonly<Record<string, string>> {
  return {
    'pack.yaml': `ref: ${ref}\nversion: 1.2.3\n`,
    'actions/echo.sh': 'cat\n',
    'actions/echo.yaml': `ref: ${ref}.echo
entry_point: echo.sh
parameters:
  text: {type: string, default: hello}
  count: {type: integer, minimum: 1, maximum: 5}
  mode: {type: string, enum: [fast, safe]}
`,
    'actions/login.yaml': `ref: ${ref}.login
entry_point: echo.sh
parameters:
  user: {type: string, required: true}
  password: {type: string, required: true, secret: true}
`,
    'actions/off.yaml': `ref: ${ref}.off\nentry_point: echo.sh\nenabled: false\n`,
  };
}

/** Registers the sample pack from a folder that is gone afterwards: the server has its copy. */
export async function registerSample(server: Pick<RunningServer, 'post'>, ref = 'sample'): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'attune-test-pack-'));
  try {
    mkdirSync(join(folder, 'actions'));
    for (const [path, text] of Object.entries(samplePack(ref))) writeFileSync(join(folder, path), text);
    const { status, text } = await server.post('/api/v1/packs/register', { path: folder });
    if (status !== 201) throw new Error(`the sample pack was refused: ${text}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
