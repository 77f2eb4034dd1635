import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { prepareFolders } from '../../../../src/agent/confine/prepare-folders.ts';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';

const user = { uid: 65_532, gid: 65_533, groups: [65_531] };

/** Prepares the folders of that name below a place, and returns what was warned of. */
function prepare(place: string): string[] {
  const warnings: string[] = [];
  const folders = {
    packsDirectory: join(place, 'packs'),
    packsCacheDirectory: join(place, 'cache'),
    temporaryDirectory: join(place, 'tmp'),
    runtimeEnvironmentsDirectory: join(place, 'envs'),
    artifactsDirectory: join(place, 'made/artifacts'),
  };
  const write = (line: string) => void warnings.push(line);
  prepareFolders(user, folders, pino({ level: 'warn' }, { write }));
  return warnings.map((line) => line.replaceAll(place, ''));
}

function placeWith(modes: Readonly<Record<string, number>>): string {
  const place = folderWith({});
  chmodSync(place, 0o755);
  for (const [name, mode] of Object.entries(modes)) {
    mkdirSync(join(place, name), { recursive: true });
    chmodSync(join(place, name), mode);
  }
  return place;
}

describe.skipIf(!requires('root'))('the folders of executions', () => {
  test('for artifacts is made, and is theirs', () => {
    const place = placeWith({ packs: 0o755, tmp: 0o1777 });
    expect(prepare(place)).toEqual([]);
    expect(statSync(join(place, 'made/artifacts'))).toMatchObject({ uid: 65_532, gid: 65_533 });
    expect(statSync(join(place, 'made'))).toMatchObject({ uid: 0 });
  });

  test('that are there stay as they are', () => {
    const place = placeWith({ packs: 0o755, tmp: 0o755, made: 0o755, 'made/artifacts': 0o777 });
    expect(prepare(place)).toEqual([]);
    expect(statSync(join(place, 'made/artifacts'))).toMatchObject({ uid: 0 });
  });

  test('that are closed to them are named', () => {
    const modes = {
      packs: 0o700,
      cache: 0o700,
      tmp: 0o750,
      envs: 0o700,
      made: 0o755,
      'made/artifacts': 0o755,
    };
    const [packs, cache, temporary, environments, artifacts, ...others] = prepare(placeWith(modes));
    expect(packs).toContain(
      'user 65532:65533 (ATTUNE_JOB_USER) may not use /packs: change its owner or mode',
    );
    expect(cache).toContain('"setting":"ATTUNE_PACKS_CACHE_DIR"');
    expect(temporary).toContain('"setting":"ATTUNE_WORKER_TMP_DIR"');
    expect(environments).toContain('"setting":"ATTUNE_RUNTIME_ENVS_DIR"');
    expect(artifacts).toContain('may not use /made/artifacts');
    expect(others).toEqual([]);
  });

  test('that lie behind a closed one are named with it', () => {
    const place = placeWith({ packs: 0o755, tmp: 0o755, made: 0o700 });
    expect(prepare(place).join('')).toContain('may not pass /made:');
  });
});
