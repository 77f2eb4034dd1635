/**
 * The names of the runtimes that Attune knows by itself, each followed by the other spellings of runtimes/*.yaml.
 * Written by `node build/embed-runtimes.ts`; change the YAML instead.
 */
export const builtInRuntimes: readonly (readonly [string, ...string[]])[] = [
  ['shell', 'sh', 'bash', 'dash', 'ash', 'zsh', 'posix'],
  ['python', 'python3', 'python2', 'py', 'cpython'],
  ['node', 'nodejs', 'node.js'],
  ['ruby', 'rb'],
  ['go', 'golang'],
  ['java', 'jdk', 'jre', 'openjdk'],
  ['perl', 'perl5', 'pl'],
  ['r', 'rscript', 'r-base', 'rlang'],
  ['native', 'local', 'binary', 'builtin', 'standalone'],
  ['javascript', 'js', 'ecmascript'],
  ['wasm', 'wasi', 'webassembly'],
  ['bun', 'bunjs'],
  ['deno'],
  ['dotnet', 'csharp', 'net', 'c#'],
  ['elixir', 'ex', 'exs'],
  ['julia', 'jl', 'julialang'],
  ['lua'],
  ['php', 'php-cli', 'php5', 'php7', 'php8'],
  ['powershell', 'pwsh', 'ps1'],
  ['tcl', 'tclsh'],
];
