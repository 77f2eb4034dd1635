import { describe, expect, test } from 'vitest';

import { requires } from '../../support/requires.ts';
import { agentFile, startAgentAlone } from '../../support/sealed/agent.ts';
import { hostPrograms } from '../../support/sealed/host-programs.ts';
import { parsed, startAlone } from '../../support/sealed/run.ts';
import { startSystem } from '../../support/system.ts';

const possible = requires('agent') && requires('namespaces') && requires('postgres');
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/' };

interface Language {
  readonly runtime: string;
  readonly program: string;
  readonly script: string;
}

const languages: readonly Language[] = [
  {
    runtime: 'shell',
    program: '/bin/sh',
    script: `read -r text\ncase $text in *'"number":6'*) echo '{"answer":42}';; esac\n`,
  },
  {
    runtime: 'python',
    program: '/usr/bin/python3',
    script: 'import json, sys\nprint(json.dumps({"answer": json.load(sys.stdin)["number"] * 7}))\n',
  },
  {
    runtime: 'perl',
    program: '/usr/bin/perl',
    script:
      'use JSON::PP;\nprint encode_json({answer => 0 + decode_json(join "", <STDIN>)->{number} * 7});\n',
  },
];

const actionOf = (runtime: string) =>
  `ref: test.multiply\nrunner_type: ${runtime}\nentry_point: multiply\noutput_format: json\nparameters: {number: {type: integer}}\n`;

describe.skipIf(!possible)('the sealed agent in a root directory with interpreters', () => {
  test('finds them', async () => {
    const { stdout } = await startAlone(agentFile, ['detect', '--json'], { ...hostPrograms(), environment })
      .result;
    expect(parsed(stdout)).toMatchObject({
      runtimes: expect.arrayContaining([
        expect.objectContaining({
          name: 'shell',
          path: expect.stringMatching(/^\/(usr\/)?bin\//) as unknown,
        }),
        expect.objectContaining({ name: 'native' }),
      ]) as unknown,
    });
  });

  describe.each(languages)('$runtime', ({ runtime, program, script }) => {
    test.skipIf(!requires(program))('runs an action', async () => {
      const system = await startSystem('postgresql');
      await system.register({ 'multiply.yaml': actionOf(runtime), multiply: script });
      const agent = await startAgentAlone(system, { ...hostPrograms(), environment, readOnly: true });
      const { id } = await system.execute('test.multiply', { number: 6 });
      expect(await system.reaches(id)).toMatchObject({
        state: 'completed',
        result: { data: { answer: 42 } },
      });
      expect(agent.lines.join('\n')).toContain(`"${runtime} `);
    });
  });
});
