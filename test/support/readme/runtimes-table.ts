import { runtimeTemplates } from '../../../src/agent/detect/templates.ts';
import { markdownTable } from '../../../src/cli/format/markdown.ts';
import type { RuntimeDefinition } from '../../../src/contract/runtime.ts';
import { supportedImages } from '../images/supported.ts';

/** Those that no image of the tests has: where an action of them is run (test/integration/agent/installs). */
const testedElsewhere: Readonly<Record<string, string>> = {
  deno: 'as its npm package has it',
  bun: 'as its npm package has it',
};

/** The runtimes that the agent knows by itself. */
export function runtimesTable(): string {
  const rows = runtimeTemplates.map((template) => [
    `\`${template.name}\``,
    template.aliases.map((alias) => `\`${alias}\``).join(' '),
    template.description,
    foundAs(template),
    dependenciesOf(template),
    testedIn(template.name),
  ]);
  return markdownTable(
    ['runtime', 'also called', 'what it runs', 'found as', 'dependencies', 'tested'],
    rows,
  );
}

function foundAs({ distributions: { verification } }: RuntimeDefinition): string {
  const binaries = verification?.commands.map(({ binary }) => `\`${binary}\``) ?? [];
  return binaries.join(', ') || 'always there';
}

function dependenciesOf({ execution_config: { dependencies } }: RuntimeDefinition): string {
  if (dependencies?.manifest_file === undefined) return '';
  return `\`${dependencies.manifest_file}\` by ${dependencies.installer}`;
}

function testedIn(runtime: string): string {
  const images = supportedImages.filter(({ runtimes }) => runtimes.includes(runtime));
  const [first] = images;
  if (first === undefined) return testedElsewhere[runtime] ?? '**untested**';
  return images.length === 1 ? `\`${first.name}\`` : `${images.length} images`;
}
