import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { afterAll, describe, expect, test } from 'vitest';
import { agentSettings } from '../../../../src/agent/settings.ts';
import { readConfiguration, unknownVariables } from '../../../../src/shared/config/read.ts';
import { defaultOf, flagOf, setting, variableOf } from '../../../../src/shared/config/setting.ts';
import { labels, list, seconds, truth, url, wholeNumber } from '../../../../src/shared/config/types.ts';
import { serverSettings } from '../../../../src/server/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const settings = {
  port: setting({ key: 'server.port', schema: wholeNumber(0).default(8080), description: 'port' }),
  wait: setting({
    key: 'worker.wait',
    variable: 'ATTUNE_WAIT',
    schema: seconds.default(5),
    description: 'wait',
  }),
  names: setting({ key: 'names', schema: list.optional(), description: 'names' }),
  labels: setting({ key: 'labels', schema: labels.default({}), description: 'labels' }),
  database: setting({
    key: 'database.url',
    schema: url('postgres').optional(),
    description: 'database',
    secret: true,
  }),
  strict: setting({ key: 'strict', schema: truth.default(false), description: 'strict' }),
};

function file(text: string): string {
  const path = join(folder, `${Math.random()}.yaml`);
  writeFileSync(path, text);
  return path;
}

function readWrongSettings(): unknown {
  return readConfiguration(settings, {
    flags: { '--server-port': 'eighty' },
    environment: {
      ATTUNE_WAIT: 'soon',
      ATTUNE__LABELS: 'gpu',
      ATTUNE__STRICT: 'perhaps',
      ATTUNE__DATABASE__URL: 'mysql://user:hunter2@host',
    },
  });
}

describe('readConfiguration', () => {
  test('has defaults', () => {
    expect(readConfiguration(settings, {})).toMatchObject({
      port: 8080,
      wait: 5,
      labels: {},
      names: undefined,
    });
  });

  test('a flag wins over a variable, a variable over the file', () => {
    const path = file('server: {port: 1}\nworker: {wait: 90s}\nnames: [a, b]');
    const read = readConfiguration(settings, {
      flags: { '--server-port': '3' },
      environment: { ATTUNE__SERVER__PORT: '2', ATTUNE_WAIT: '2m' },
      file: path,
    });
    expect(read).toMatchObject({ port: 3, wait: 120, names: ['a', 'b'] });
  });

  test('an empty variable counts as absent', () => {
    expect(readConfiguration(settings, { environment: { ATTUNE__SERVER__PORT: '' } }).port).toBe(8080);
  });

  test('a value can come from a file named by a variable', () => {
    const path = file('postgres://user:secret@host/db\n');
    expect(readConfiguration(settings, { environment: { ATTUNE__DATABASE__URL_FILE: path } }).database).toBe(
      'postgres://user:secret@host/db',
    );
  });

  test('names every wrong setting at once, by the place it came from, and no secret', () => {
    expect(readWrongSettings).toThrow(
      /--server-port must be a whole number.*ATTUNE_WAIT must be a time.*ATTUNE__LABELS must be labels like.*ATTUNE__DATABASE__URL must be a URL.*ATTUNE__STRICT must be true or false/s,
    );
    expect(readWrongSettings).not.toThrow(/hunter2/);
  });

  test('says where a file that is no YAML is wrong', () => {
    expect(() => readConfiguration(settings, { file: file('a: [') })).toThrow(/can't be read as YAML/);
    expect(() => readConfiguration(settings, { file: '/does/not/exist.yaml' })).toThrow(/does\/not\/exist/);
  });

  test('finds variables that are most likely typing errors', () => {
    const environment = {
      ATTUNE__SERVER__PROT: '1',
      ATTUNE__SERVER__PORT: '1',
      ATTUNE__DATABASE__URL_FILE: 'x',
      HOME: '/',
    };
    expect(unknownVariables(settings, environment)).toEqual(['ATTUNE__SERVER__PROT']);
  });
});

describe.each([
  ['agent', Object.values(agentSettings)],
  ['server', Object.values(serverSettings)],
])('the settings of the %s', (_, all) => {
  test('have flags, variables and keys of their own, and a description', () => {
    for (const property of [flagOf, variableOf, ({ key }: { key: string }) => key]) {
      expect(new Set(all.map(property)).size).toBe(all.length);
    }
    for (const { description } of all) expect(description).toMatch(/^[A-Z].{10,}/);
  });

  test('take their own default, written as text, as a value', () => {
    for (const one of all) {
      const text = defaultOf(one);
      if (text === undefined || text.startsWith('{')) continue;
      expect(z.safeParse(one.schema, text).success, `${one.key} ${text}`).toBe(true);
    }
  });
});
