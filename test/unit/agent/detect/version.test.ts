import * as fc from 'fast-check';
import { valid } from 'semver';
import { describe, expect, test } from 'vitest';
import { normaliseVersion, readVersion } from '../../../../src/agent/detect/version.ts';

describe('normaliseVersion', () => {
  test.each([
    ['17.0.15', '17.0.15'],
    ['1.8.0_392', '1.8.0'],
    ['go1.22', '1.22.0'],
    ['21', '21.0.0'],
    ['21-ea', '21.0.0'],
    ['v20.20.2', '20.20.2'],
    ['3.13.0rc1', '3.13.0'],
    ['3.11.2+', '3.11.2'],
    ['5.036', '5.36.0'],
    ['11.0.22.1', '11.0.22'],
    ['none', undefined],
    ['', undefined],
  ])('%s is %s', (text, version) => {
    expect(normaliseVersion(text)).toBe(version);
  });

  test('whatever the text, the result is a semantic version or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d._v-]{0,60}$/)), (text) => {
        const version = normaliseVersion(text);
        expect(version === undefined || valid(version) === version).toBe(true);
      }),
    );
  });
});

describe('readVersion', () => {
  test('takes the first group', () => {
    expect(readVersion('ruby 3.1.2p20 (2022-04-12)', String.raw`^ruby (\d+\.\d+\.\d+)`)).toEqual({
      version: '3.1.2',
    });
  });

  test('^ is the start of any line', () => {
    const java = 'Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "1.8.0_392"\n';
    expect(readVersion(java, '^openjdk version "([^"]+)"')).toEqual({ version: '1.8.0' });
  });

  test('a pattern without a group finds the place of the version', () => {
    expect(readVersion('built 2024\nPython 3.12.1', String.raw`Python 3\.`)).toEqual({ version: '3.12.1' });
  });

  test('a group that took no part means that the version is unknown', () => {
    expect(readVersion('sh ', String.raw`^sh(?: (\d+\.\d+))?`)).toEqual({});
  });

  test('an output that does not match is not this interpreter', () => {
    expect(readVersion('command not found', String.raw`^Python (\d+)`)).toBeUndefined();
  });

  test('without a pattern the first dotted number counts', () => {
    expect(readVersion('Lua 5.4.6  Copyright 1994')).toEqual({ version: '5.4.6' });
  });
});
