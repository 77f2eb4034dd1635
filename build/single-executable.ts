import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ExecutableInput {
  /** Stands in stack traces. */
  readonly name: string;
  /** One CommonJS file with everything in it. */
  readonly code: Buffer;
  /** Texts that the program can read by name with `getAsset` of node:sea. */
  readonly assets: Readonly<Record<string, string>>;
  /** The path of a stripped Node: stripping it afterwards would break it. */
  readonly node: string;
  readonly architecture: string;
}

/** Puts a program into a copy of Node and returns the bytes; `scratch` is a folder to work in, gone afterwards. */
export async function makeSingleExecutable(input: ExecutableInput, scratch: string): Promise<Buffer> {
  const bundle = join(scratch, `${input.name}.cjs`);
  const output = join(scratch, 'executable');
  const assets = Object.entries(input.assets).map(([name, text]) => ({
    name,
    text,
    path: join(scratch, name),
  }));
  try {
    await mkdir(scratch);
    await Promise.all([
      writeFile(bundle, input.code),
      ...assets.map(({ path, text }) => writeFile(path, text)),
    ]);
    const script = join(import.meta.dirname, 'package-executable.ts');
    const assetArguments = assets.map(({ name, path }) => `${name}=${path}`);
    await run(process.execPath, [script, input.architecture, bundle, input.node, output, ...assetArguments]);
    return await readFile(output);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
