import { expect, test } from 'vitest';
import { assign } from '../../../../src/agent/try/assign.ts';
import { findAction, openPack } from '../../../../src/packs/open-pack.ts';
import { folderWith } from '../../../support/folder.ts';

const files = {
  'pack.yaml': 'ref: demo\n',
  'actions/greet.yaml': `
ref: demo.greet
runner_type: moon2
entry_point: greet.moon
timeout: 7
parameters:
  name: {type: string, default: world}
  times: {type: integer, required: true}
  token: {type: string, secret: true}
`,
  'actions/greet.moon': '',
  'runtimes/moon.yaml': 'ref: demo.moon\nname: moon\naliases: [moon2]\n',
};

test('an assignment is what the control plane would hand out', async () => {
  const pack = await openPack(folderWith(files));
  const assignment = assign(pack, findAction(pack, 'greet'), { times: 2 });
  expect(assignment).toMatchObject({
    action: { ref: 'demo.greet', runner_type: 'moon2', entry_point: 'greet.moon' },
    pack: { ref: 'demo' },
    runtime: { name: 'moon' },
    parameters: { name: 'world', times: 2 },
    secrets: ['token'],
    timeout: 7,
  });
});

test('parameters are checked, all at once, and stay as they were given', async () => {
  const pack = await openPack(folderWith(files));
  const given = { times: 'x', more: 1 };
  expect(() => assign(pack, findAction(pack, undefined), given)).toThrow(
    expect.objectContaining({
      code: 'invalid_parameters',
      violations: [
        { path: 'parameters.more', message: 'is unknown; the action takes: name, times, token' },
        { path: 'parameters.times', message: 'must be integer' },
      ],
    }),
  );
  expect(given).toEqual({ times: 'x', more: 1 });
});

test('an action is found by its ref, by its name, and alone', async () => {
  const pack = await openPack(folderWith(files));
  for (const name of ['demo.greet', 'greet', undefined])
    expect(findAction(pack, name).ref).toBe('demo.greet');
  expect(() => findAction(pack, 'wave')).toThrow('The pack demo has no action "wave"; it has greet');
});

test('one of several actions must be named', async () => {
  const pack = await openPack(
    folderWith({
      ...files,
      'actions/wave.yaml': 'ref: demo.wave\nentry_point: wave.sh\n',
      'actions/wave.sh': '',
    }),
  );
  expect(() => findAction(pack, undefined)).toThrow('name one of greet, wave');
});

test('a pack with problems is not opened', async () => {
  const broken = folderWith({ 'pack.yaml': 'ref: Demo\n', 'actions/x.yaml': 'ref: demo.x\n' });
  await expect(openPack(broken)).rejects.toMatchObject({ code: 'invalid_pack', violations: { length: 2 } });
});
