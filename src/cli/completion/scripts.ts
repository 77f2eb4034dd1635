import type { WordsByCommand } from './words.ts';

/** A function for bash that offers subcommands, options and, where those end, files. */
export function bashCompletion(words: WordsByCommand): string {
  const cases = [...words].map(([path, names]) => `    '${path}') words='${names.join(' ')}' ;;`);
  return `_attune() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
${[...words.keys()]
  .filter((path) => path !== '')
  .map((path) => `      '${path}') path='${path}' ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _attune attune
`;
}

/** zsh runs the function of bash. */
export function zshCompletion(words: WordsByCommand): string {
  return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashCompletion(words)}`;
}

export function fishCompletion(words: WordsByCommand): string {
  const lines = [...words].flatMap(([path, names]) => names.map((name) => fishLine(path, name)));
  return `${lines.join('\n')}\n`;
}

function fishLine(path: string, name: string): string {
  const seen = path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const condition = path === '' ? '__fish_use_subcommand' : seen.join('; and ');
  const offer = name.startsWith('--') ? `-l ${name.slice(2)}` : `-a ${name}`;
  return `complete -c attune -n '${condition}' ${offer}`;
}
