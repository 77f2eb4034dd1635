import type { Script } from './script.ts';

/** A file of a new pack. */
export interface NewFile {
  /** Inside of the pack. */
  readonly path: string;
  readonly text: string;
}

/** All files of a new pack with one action, `hello`, by this script. */
export function skeletonOf(pack: string, script: Script): NewFile[] {
  const entryPoint = `hello.${script.extension}`;
  return [
    { path: 'pack.yaml', text: packFile(pack) },
    { path: 'actions/hello.yaml', text: actionFile(pack, entryPoint, script) },
    { path: `actions/${entryPoint}`, text: script.text },
    { path: 'tests/hello.yaml', text: testFile },
    { path: 'README.md', text: readme(pack, script) },
  ];
}

function packFile(pack: string): string {
  return `ref: ${pack}
label: ${pack}
description: What the actions of this pack are for
version: 0.1.0
`;
}

function actionFile(pack: string, entryPoint: string, { delivery, runtime }: Script): string {
  return `ref: ${pack}.hello
label: Hello
description: Greets somebody
runner_type: ${runtime}
entry_point: ${entryPoint}
parameter_delivery: ${delivery}
output_format: json
timeout: 60
parameters:
  name:
    type: string
    description: Whom to greet
    default: world
  shout:
    type: boolean
    description: Whether to greet in capital letters
    default: false
`;
}

const testFile = String.raw`# "attune pack test" runs these; "attune pack test --help" tells what a test may expect.
- name: greets the world
  action: hello
  expect:
    data: { greeting: 'Hello, world!' }

- name: greets by name, and says so in the log
  action: hello
  parameters: { name: Ada }
  expect:
    data: { greeting: 'Hello, Ada!' }
    stderr: { contains: greeting Ada }

- name: shouts
  action: hello
  parameters: { name: Ada, shout: true }
  expect:
    data: { greeting: 'HELLO, ADA!' }

- name: takes any name
  action: hello
  parameters: { name: 'the "\" of the key' }
  expect:
    data: { greeting: 'Hello, the "\" of the key!' }

- name: refuses what is no name
  action: hello
  parameters: { name: 7 }
  expect:
    error_code: invalid_parameters
`;

function readme(pack: string, { runtime }: Script): string {
  return `# ${pack}

An action in ${runtime}: \`actions/hello.yaml\` says what it takes and how it is run, the script beside it does the work.

    attune pack check .          # names every problem, with file and line
    attune pack test .           # runs tests/*.yaml on this machine, as a worker would
    attune pack register .       # gives the pack to a server
    attune run ${pack}.hello name=Ada --follow
`;
}
