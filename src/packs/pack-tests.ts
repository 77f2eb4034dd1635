import type { ActionDefinition } from '../contract/action.ts';
import { packTestFile, type PackTest } from '../contract/pack-test.ts';
import type { Violation } from '../contract/problem.ts';
import { AttuneError } from '../shared/errors.ts';
import type { ExaminedPack, PackContext } from './load-pack.ts';
import type { LocalPack } from './open-pack.ts';
import { invalidPack, yamlFilesIn } from './pack-files.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

/** A test of a pack, and what it is about. */
export interface ReadTest extends PackTest {
  /** The whole definition of what `action` names. */
  readonly definition: ActionDefinition;
  /** `tests/echo.yaml:3:3` */
  readonly place: string;
}

export interface ReadTests {
  readonly tests: readonly ReadTest[];
  /** Everything wrong with the files of tests, each with file, line, column and field. */
  readonly violations: readonly Violation[];
}

/** A pack as it was loaded, or examined. */
type TestedPack = Pick<ExaminedPack, 'definition' | 'actions'> & Partial<Pick<ExaminedPack, 'violations'>>;

/**
 * Reads `tests/*.yaml`, for the actions of this pack. Packs are registered without a look at them.
 * @param pack where it has problems, an action that is missing may be one of those that could not be read
 */
export async function readPackTests(
  { folder, files }: Pick<PackContext, 'folder' | 'files'>,
  { definition, actions, violations = [] }: TestedPack,
): Promise<ReadTests> {
  const names = yamlFilesIn(files, 'tests');
  const read = await Promise.all(names.map(async (name) => readYamlFile(folder, name, packTestFile)));
  const placed = read.flatMap((file) => (file.value ?? []).map((test, index) => ({ file, test, index })));
  const found = placed.map((one) => locate(one, `${definition?.ref}`, actions));
  return {
    tests: found.filter((one) => 'definition' in one),
    violations: [
      ...read.flatMap((file) => file.violations),
      ...(violations.length === 0 ? found.filter((one) => 'message' in one) : []),
      ...doubleNames(placed),
    ],
  };
}

/**
 * The tests of a pack that can be run: those with the text in their name, or in that of their action.
 * @throws AttuneError `invalid_pack` with every problem; `invalid_arguments` where there are none
 */
export async function openTests(pack: LocalPack, only = ''): Promise<readonly ReadTest[]> {
  const { tests, violations } = await readPackTests(pack, pack);
  if (violations.length > 0) throw invalidPack(violations);
  const chosen = tests.filter(({ name, definition }) => name.includes(only) || definition.ref.includes(only));
  if (chosen.length > 0) return chosen;
  const { ref } = pack.definition;
  if (tests.length === 0)
    throw new AttuneError(
      'invalid_arguments',
      `The pack ${ref} has no tests: they are lists in tests/*.yaml`,
    );
  const names = tests.map(({ name }) => `"${name}"`).join(', ');
  throw new AttuneError(
    'invalid_arguments',
    `No test of the pack ${ref} has "${only}" in its name; there are ${names}`,
  );
}

/** A test, by its number in its file. */
interface PlacedTest {
  readonly file: YamlFile<unknown>;
  readonly test: PackTest;
  readonly index: number;
}

function locate(
  { file, test, index }: PlacedTest,
  pack: string,
  actions: readonly ActionDefinition[],
): ReadTest | Violation {
  const definition = actions.find(({ ref }) => ref === test.action || ref === `${pack}.${test.action}`);
  if (definition !== undefined) return { ...test, definition, place: file.at(index) };
  return { path: file.at(index, 'action'), message: `action: the pack has no action "${test.action}"` };
}

function doubleNames(placed: readonly PlacedTest[]): Violation[] {
  const first = new Map<string, string>();
  return placed.flatMap(({ file, test, index }) => {
    const place = file.at(index, 'name');
    const other = first.get(test.name);
    if (other !== undefined)
      return [{ path: place, message: `name: "${test.name}" is already that of ${other}` }];
    first.set(test.name, place);
    return [];
  });
}
