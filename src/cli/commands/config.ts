import type { Command } from 'commander';
import * as z from 'zod';
import { describeSettings, type SettingDescription } from '../../shared/config/describe.ts';
import { globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { embeddedSettings } from '../embedded-postgres/settings.ts';
import { markdownTable } from '../format/markdown.ts';
import { table } from '../format/table.ts';
import { clientSettings } from '../settings.ts';

const headings = ['flag', 'variable', 'file key', 'default', 'description'];

export function define(command: Command, context: Context): void {
  command.option('--markdown', 'print tables for the documentation').addHelpText(
    'after',
    `
Flags win over variables, and variables over the file that --config names. <VARIABLE>_FILE names a file
that holds the value. Secrets have no flag, because everybody can see the arguments of a process.

Examples:
  attune config
  attune config --json
  attune config --markdown > settings.md`,
  );
  const schema = globalOptions.extend({ markdown: z.boolean().default(false) });
  onCall(command, { context, schema }, async ({ options }) => {
    const described = await everySetting(context);
    if (options.json) printJson(context, described);
    else context.output.write(options.markdown ? markdown(described) : text(described));
  });
}

async function everySetting({ parts }: Context): Promise<Record<string, SettingDescription[]>> {
  const { server, agent } = await parts.settings();
  return {
    'attune server': describeSettings({ ...server, ...embeddedSettings }),
    'attune-agent': describeSettings(agent),
    attune: describeSettings(clientSettings),
  };
}

function text(described: Record<string, SettingDescription[]>): string {
  return Object.entries(described)
    .map(([program, settings]) => `${program}\n\n${table(headings, settings.map(cells))}`)
    .join('\n');
}

/** `docs/settings.md`; a test compares them. */
function markdown(described: Record<string, SettingDescription[]>): string {
  const sections = Object.entries(described)
    .map(([program, settings]) => `## \`${program}\`\n\n${markdownTable(headings, settings.map(cells))}`)
    .join('\n');
  return `${introduction}\n${sections}`;
}

const introduction = `# Settings

Made by \`npm run docs\`. Flags win over variables, and variables over the YAML file that \`--config\` names.
\`<VARIABLE>_FILE\` names a file that holds the value. Secrets have no flag, because everybody can see the arguments of a
process.
`;

function cells({ flag, variable, key, default: value, description }: SettingDescription): string[] {
  return [flag ?? '-', variable, key, value ?? '-', description];
}
