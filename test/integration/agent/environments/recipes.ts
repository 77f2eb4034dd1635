import { writeRecipe, type Recipe } from '../../../../src/agent/environments/recipe/recipe.ts';

/** Files of the environment that `slowly` makes. */
export const manyFiles = 20;

/** A recipe of a shell script that gets the folder as `$1`. */
export function recipeOf(root: string, script: string): Recipe {
  const recipe = writeRecipe({
    root,
    pack: 'test',
    runtime: 'shell',
    version: '1.0.0',
    config: {
      dependencies: { lock_files: [], install_command: ['sh', '-euc', script, 'sh', '{env_dir}'] },
      env_vars: {},
    },
    placeholders: {},
    files: [],
    variables: { PATH: process.env['PATH'] ?? '' },
    workingDirectory: '/',
    platform: 'test',
  });
  if (recipe === undefined) throw new Error('there is a command');
  return recipe;
}

/** Makes many files, one after the other, and says in a file that it was at work. */
export function slowly(log: string): string {
  return `echo built >> ${log}; for i in $(seq ${manyFiles}); do echo "$i" > "$1/$i"; sleep 0.002; done`;
}
