import { cp, lstat, mkdir, mkdtemp, readFile, readlink, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linkLibraries } from '../../../../src/cli/embedded-postgres/link-libraries.ts';
import { closedFolderAbove } from '../../../../src/cli/embedded-postgres/reachable.ts';
import { startEmbeddedPostgres, throwAwaySettings } from '../../../../src/cli/embedded-postgres/start.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-embedded-'));
  // As root the server runs as somebody else, who must get to its data.
  await chmod(folder, 0o711);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function query(url: string, statement: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1 });
  try {
    return [...(await sql.unsafe(statement))];
  } finally {
    await sql.end();
  }
}

describe('an embedded PostgreSQL', () => {
  test('keeps its data and its password from one start to the next', async () => {
    const first = await startEmbeddedPostgres({ folder, settings: throwAwaySettings });
    await query(first.url, `CREATE TABLE kept AS SELECT 'Ä' AS letter`);
    await first.stop();
    expect(await first.exited).toBe(0);
    const second = await startEmbeddedPostgres({ folder, settings: throwAwaySettings });
    expect(await query(second.url, 'SELECT lower(letter) AS letter FROM kept')).toEqual([{ letter: 'ä' }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    await second.stop();
  });

  test('lets nobody in without the password', async () => {
    const server = await startEmbeddedPostgres({ folder, settings: throwAwaySettings });
    try {
      const url = new URL(server.url);
      url.password = 'wrong';
      await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    } finally {
      await server.stop();
    }
  });

  test('refuses data that another server is using, and says so', async () => {
    const server = await startEmbeddedPostgres({ folder, settings: throwAwaySettings });
    try {
      await expect(startEmbeddedPostgres({ folder })).rejects.toThrow(/postmaster\.pid.* already exists/);
      expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      await server.stop();
    }
  });

  test('shows the log of a server that does not start', async () => {
    const settings = { shared_buffers: 'plenty' };
    await expect(startEmbeddedPostgres({ folder, settings })).rejects.toThrow(
      /invalid value for parameter "shared_buffers": "plenty"/,
    );
  });

  test('refuses a folder that cannot be one', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(startEmbeddedPostgres({ folder: join(folder, 'file') })).rejects.toMatchObject({
      code: 'unusable_data_folder',
    });
  });
});

describe.runIf(process.getuid?.() === 0)('as root', () => {
  test('refuses a folder that the account of PostgreSQL could not enter', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await expect(startEmbeddedPostgres({ folder: join(closed, 'data') })).rejects.toThrow(
      `may not enter ${closed}`,
    );
  });
});

test('the outermost closed folder is found', async () => {
  await mkdir(join(folder, 'closed/inner'), { recursive: true });
  expect(await closedFolderAbove(join(folder, 'closed/inner/file'))).toBeUndefined();
  await chmod(join(folder, 'closed'), 0o700);
  expect(await closedFolderAbove(join(folder, 'closed/inner/file'))).toBe(join(folder, 'closed'));
});

describe('libraries whose links npm did not make', () => {
  const list = [
    { source: 'native/lib/liba.so.1.2', target: 'native/lib/liba.so.1' },
    { source: 'native/lib/liba.so.1.2', target: 'native/lib/liba.so' },
  ];

  beforeEach(async () => {
    await mkdir(join(folder, 'copy/lib'), { recursive: true });
    await writeFile(join(folder, 'copy/lib/liba.so.1.2'), 'library');
    await writeFile(join(folder, 'copy/pg-symlinks.json'), JSON.stringify(list));
  });

  test('are linked, also by several at once', async () => {
    await Promise.all([1, 2, 3].map(() => linkLibraries(join(folder, 'copy'))));
    expect(await readlink(join(folder, 'copy/lib/liba.so'))).toBe('liba.so.1.2');
    expect(await readFile(join(folder, 'copy/lib/liba.so.1'), 'utf8')).toBe('library');
  });

  test('are named where they cannot be', async () => {
    await rm(join(folder, 'copy/lib'), { recursive: true });
    await expect(linkLibraries(join(folder, 'copy'))).rejects.toThrow(/copy\/lib\/liba\.so.*npm rebuild/);
  });

  test('of a whole copy work like those of npm', async () => {
    await linkLibraries(join(folder, 'copy'));
    await cp(join(folder, 'copy'), join(folder, 'again'), { recursive: true, verbatimSymlinks: true });
    expect((await lstat(join(folder, 'again/lib/liba.so'))).isSymbolicLink()).toBe(true);
  });
});
