// oxlint-disable max-lines -- data, which is written by people in a file for each runtime
import type { RuntimeDefinition } from '../../contract/runtime.ts';

/**
 * The runtimes that Attune knows by itself: runtimes/*.yaml, parsed ahead because the agent must start at once.
 * Written by `node build/embed-runtimes.ts`; change the YAML instead.
 */
export const runtimeTemplates: readonly RuntimeDefinition[] = [
  {
    ref: 'core.shell',
    name: 'shell',
    label: 'Shell',
    description: 'Shell scripts, run by bash where there is one, by sh otherwise',
    aliases: ['sh', 'bash', 'dash', 'ash', 'zsh', 'posix'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'bash',
            args: ['--version'],
            exit_code: 0,
            pattern: 'version (\\d+\\.\\d+\\.\\d+)',
            priority: 1,
          },
          {
            binary: 'sh',
            args: ['-c', 'echo "sh ${BASH_VERSION:-}"'],
            exit_code: 0,
            pattern: '^sh(?: (\\d+\\.\\d+\\.\\d+))?',
            priority: 2,
          },
        ],
      },
    },
    execution_config: { interpreter: { binary: 'bash', args: [], file_extension: '.sh' }, env_vars: {} },
    versions: [],
  },
  {
    ref: 'core.python',
    name: 'python',
    label: 'Python',
    description: 'Python scripts',
    aliases: ['python3', 'python2', 'py', 'cpython'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'python3',
            args: ['--version'],
            exit_code: 0,
            pattern: '^Python (\\d+\\.\\d+(?:\\.\\d+)?)',
            priority: 1,
          },
          {
            binary: 'python',
            args: ['--version'],
            exit_code: 0,
            pattern: '^Python (\\d+\\.\\d+(?:\\.\\d+)?)',
            priority: 2,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'python3', args: [], file_extension: '.py' },
      environment: {
        env_type: 'virtualenv',
        dir_name: '.venv',
        create_command: ['{interpreter}', '-m', 'venv', '{env_dir}'],
        interpreter_path: '{env_dir}/bin/python3',
      },
      dependencies: {
        manifest_file: 'requirements.txt',
        lock_files: ['constraints.txt'],
        installer: 'pip',
        install_command: [
          '{env_dir}/bin/python3',
          '-m',
          'pip',
          'install',
          '--no-input',
          '--disable-pip-version-check',
          '--requirement',
          '{manifest_path}',
        ],
      },
      env_vars: {
        PYTHONUNBUFFERED: '1',
        PYTHONPATH: { operation: 'prepend', value: '{pack_dir}/lib', separator: ':' },
        PATH: { operation: 'prepend', value: '{env_dir}/bin', separator: ':' },
      },
    },
    versions: [],
  },
  {
    ref: 'core.node',
    name: 'node',
    label: 'Node.js',
    description: 'JavaScript, run by Node.js',
    aliases: ['nodejs', 'node.js'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'node',
            args: ['--version'],
            exit_code: 0,
            pattern: '^v(\\d+\\.\\d+\\.\\d+)',
            priority: 1,
          },
          {
            binary: 'nodejs',
            args: ['--version'],
            exit_code: 0,
            pattern: '^v(\\d+\\.\\d+\\.\\d+)',
            priority: 2,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'node', args: [], file_extension: '.js' },
      environment: {
        env_type: 'node_modules',
        dir_name: 'node_modules',
        create_command: [
          'sh',
          '-euc',
          "mkdir -p \"$1\"\ncat > \"$1/resolve.cjs\" <<'END'\nconst { register, registerHooks } = require('module');\nconst parentURL = require('url').pathToFileURL(__filename).href;\nconst isElsewhere = (specifier, context) => context.parentURL !== parentURL && /^[^./][^:]*$/.test(specifier);\nif (registerHooks) {\n  registerHooks({\n    resolve(specifier, context, next) {\n      try {\n        return next(specifier, context);\n      } catch (error) {\n        if (!isElsewhere(specifier, context)) throw error;\n        try {\n          return next(specifier, { ...context, parentURL });\n        } catch {\n          throw error;\n        }\n      }\n    },\n  });\n} else if (register && require('worker_threads').isMainThread) {\n  register('./resolve.mjs', parentURL);\n}\nEND\ncat > \"$1/resolve.mjs\" <<'END'\nconst parentURL = import.meta.url;\nexport const resolve = (specifier, context, next) =>\n  next(specifier, context).catch((error) => {\n    if (!/^[^./][^:]*$/.test(specifier)) throw error;\n    return next(specifier, { ...context, parentURL }).catch(() => {\n      throw error;\n    });\n  });\nEND\n",
          'sh',
          '{env_dir}',
        ],
      },
      dependencies: {
        manifest_file: 'package.json',
        lock_files: ['package-lock.json', 'npm-shrinkwrap.json', '.npmrc'],
        installer: 'npm',
        install_command: [
          'sh',
          '-euc',
          'cd "$1"\nln -sf "$2"/* .\nrm -f node_modules\nfor file in package.json package-lock.json npm-shrinkwrap.json .npmrc; do\n  if [ -e "$2/$file" ]; then rm -f "$file"; cp "$2/$file" .; fi\ndone\ntask=install\nif [ -e package-lock.json ] || [ -e npm-shrinkwrap.json ]; then task=ci; fi\nnpm "$task" --omit=dev --cache=.npm --no-audit --no-fund --no-update-notifier\nrm -rf .npm\nfor package in node_modules/* node_modules/@*/*; do\n  if [ -L "$package" ]; then\n    cp -RL "$package" "$package.copy"\n    rm "$package"\n    mv "$package.copy" "$package"\n  fi\ndone\nfor file in *; do if [ -L "$file" ]; then rm "$file"; fi; done\n',
          'sh',
          '{env_dir}',
          '{pack_dir}',
        ],
      },
      env_vars: {
        NODE_OPTIONS: { operation: 'append', value: '--require="{env_dir}/resolve.cjs"', separator: ' ' },
        NODE_PATH: { operation: 'prepend', value: '{env_dir}/node_modules', separator: ':' },
        PATH: { operation: 'prepend', value: '{env_dir}/node_modules/.bin', separator: ':' },
      },
    },
    versions: [],
  },
  {
    ref: 'core.ruby',
    name: 'ruby',
    label: 'Ruby',
    description: 'Ruby scripts',
    aliases: ['rb'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'ruby',
            args: ['--disable-gems', '--version'],
            exit_code: 0,
            pattern: '^ruby (\\d+\\.\\d+\\.\\d+)',
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'ruby', args: [], file_extension: '.rb' },
      environment: {
        env_type: 'gem_home',
        dir_name: '.gems',
        create_command: ['mkdir', '-p', '{env_dir}/.gems'],
      },
      dependencies: {
        manifest_file: 'Gemfile',
        lock_files: ['Gemfile.lock'],
        installer: 'Bundler, else gem',
        install_command: [
          'sh',
          '-euc',
          'interpreter=$3\ncd "$1"\nln -sf "$2"/* .\nrm -f Gemfile Gemfile.lock\ncp "$2"/Gemfile* .\nexport GEM_HOME="$1/.gems"\nif "$interpreter" -S bundle --version >/dev/null 2>&1; then\n  if [ -e Gemfile.lock ]; then export BUNDLE_FROZEN=true; fi\n  BUNDLE_GEMFILE="$1/Gemfile" BUNDLE_PATH__SYSTEM=true BUNDLE_APP_CONFIG="$1/.bundle" \\\n    "$interpreter" -S bundle install\nelse\n  "$interpreter" -S gem install --no-document --file Gemfile\nfi\nfor file in *; do if [ -L "$file" ]; then rm "$file"; fi; done\n',
          'sh',
          '{env_dir}',
          '{pack_dir}',
          '{interpreter}',
        ],
      },
      env_vars: {
        GEM_PATH: '{env_dir}/.gems:',
        BUNDLE_GEMFILE: '{env_dir}/Gemfile',
        PATH: { operation: 'prepend', value: '{env_dir}/.gems/bin', separator: ':' },
      },
    },
    versions: [],
  },
  {
    ref: 'core.go',
    name: 'go',
    label: 'Go',
    description: 'Go programs of one file, compiled and run by go run',
    aliases: ['golang'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'go',
            args: ['version'],
            exit_code: 0,
            pattern: '\\bgo(\\d+\\.\\d+(?:\\.\\d+)?)',
            version_file: { path: '../VERSION', pattern: '^go(\\d+\\.\\d+(?:\\.\\d+)?)' },
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'go', args: ['run'], file_extension: '.go' },
      environment: {
        env_type: 'go_modules',
        dir_name: 'modules',
        create_command: ['mkdir', '-p', '{env_dir}/modules'],
      },
      dependencies: {
        manifest_file: 'go.mod',
        lock_files: ['go.sum'],
        installer: 'go',
        install_command: [
          'sh',
          '-euc',
          'cp "$2"/go.mod "$1"\nif [ -e "$2/go.sum" ]; then cp "$2/go.sum" "$1"; fi\ncd "$2"\nGOPATH="$1/.go" GOMODCACHE="$1/modules" GOFLAGS="-modfile=$1/go.mod -modcacherw" "$3" mod download all\nrm -rf "$1/.go"\n',
          'sh',
          '{env_dir}',
          '{pack_dir}',
          '{interpreter}',
        ],
      },
      env_vars: {
        GOTOOLCHAIN: 'local',
        GOMODCACHE: '{env_dir}/modules',
        GOFLAGS: { operation: 'append', value: '-modfile={env_dir}/go.mod', separator: ' ' },
      },
    },
    versions: [],
  },
  {
    ref: 'core.java',
    name: 'java',
    label: 'Java',
    description:
      "Java programs of one source file, for Java 11 and later; the jar files in the pack's lib folder are on the class path",
    aliases: ['jdk', 'jre', 'openjdk'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'java',
            args: ['-version'],
            exit_code: 0,
            pattern: 'version "([^"]+)"',
            version_file: { path: '../release', pattern: '^JAVA_VERSION="([^"]+)"' },
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'java', args: [], file_extension: '.java' },
      environment: {
        env_type: 'class_path',
        dir_name: 'lib',
        create_command: ['mkdir', '-p', '{env_dir}/lib'],
      },
      dependencies: {
        manifest_file: 'pom.xml',
        lock_files: [],
        installer: 'Maven',
        install_command: [
          'sh',
          '-euc',
          'mvn --batch-mode --file "$2" "-Dmaven.repo.local=$1/repository" \\\n  dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$1/lib"\nrm -rf "$1/repository"\n',
          'sh',
          '{env_dir}',
          '{manifest_path}',
        ],
      },
      env_vars: {
        CLASSPATH: [
          { operation: 'prepend', value: '{env_dir}/lib/*', separator: ':' },
          { operation: 'prepend', value: '{pack_dir}/lib/*', separator: ':' },
        ],
      },
    },
    versions: [],
  },
  {
    ref: 'core.perl',
    name: 'perl',
    label: 'Perl',
    description: 'Perl scripts',
    aliases: ['perl5', 'pl'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'perl',
            args: ['-e', 'printf "perl %vd", $^V'],
            exit_code: 0,
            pattern: '^perl (\\d+\\.\\d+\\.\\d+)',
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'perl', args: [], file_extension: '.pl' },
      environment: {
        env_type: 'local_lib',
        dir_name: 'perl5',
        create_command: ['mkdir', '-p', '{env_dir}/perl5'],
      },
      dependencies: {
        manifest_file: 'cpanfile',
        lock_files: ['cpanfile.snapshot'],
        installer: 'cpanm, else cpan',
        install_command: [
          'sh',
          '-euc',
          'if command -v cpanm >/dev/null; then\n  PERL_CPANM_HOME="$1/.cpanm" cpanm --notest --quiet --local-lib "$1/perl5" --cpanfile "$2/cpanfile" --installdeps "$2"\n  rm -rf "$1/.cpanm"\n  exit\nfi\nexport HOME="$1/.home" PERL_MM_USE_DEFAULT=1 PERL_MM_OPT="INSTALL_BASE=$1/perl5" PERL_MB_OPT="--install_base $1/perl5"\nexport PERL5LIB="$1/perl5/lib/perl5${PERL5LIB:+:$PERL5LIB}"\nmkdir -p "$HOME"\n"$3" -MCPAN -e \'\n  my %wanted;\n  sub requires { $wanted{$_[0]} = $_[1] // 0 }\n  sub recommends {} sub suggests {} sub conflicts {} sub feature {} sub on { $_[1]->() if $_[0] eq "runtime" }\n  do $ARGV[0]; die $@ if $@;\n  delete $wanted{perl};\n  my @missing = grep { !eval "use $_ $wanted{$_}; 1" } sort keys %wanted;\n  for my $module (@missing) {\n    CPAN::Shell->notest("install", $module);\n    system($^X, "-e", "use $module $wanted{$module}") == 0 or die "$module is not installed\\n";\n  }\n\' "$2/cpanfile"\nrm -rf "$HOME"\n',
          'sh',
          '{env_dir}',
          '{pack_dir}',
          '{interpreter}',
        ],
      },
      env_vars: {
        PERL5LIB: { operation: 'prepend', value: '{env_dir}/perl5/lib/perl5', separator: ':' },
        PATH: { operation: 'prepend', value: '{env_dir}/perl5/bin', separator: ':' },
      },
    },
    versions: [],
  },
  {
    ref: 'core.r',
    name: 'r',
    label: 'R',
    description: 'R scripts',
    aliases: ['rscript', 'r-base', 'rlang'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'Rscript',
            args: ['--version'],
            exit_code: 0,
            pattern: 'version (\\d+\\.\\d+\\.\\d+)',
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'Rscript', args: [], file_extension: '.R' },
      environment: {
        env_type: 'r_library',
        dir_name: 'library',
        create_command: ['mkdir', '-p', '{env_dir}/library'],
      },
      dependencies: {
        manifest_file: 'DESCRIPTION',
        lock_files: [],
        installer: 'install.packages',
        install_command: [
          '{interpreter}',
          '-e',
          'given <- commandArgs(trailingOnly = TRUE)\nlibrary <- given[1]\nnamed <- read.dcf(given[2], fields = c("Depends", "Imports", "LinkingTo"))\nwanted <- unlist(strsplit(named[!is.na(named)], ","))\nwanted <- setdiff(unique(trimws(sub("\\\\(.*", "", wanted))), c("R", ""))\n.libPaths(c(library, .libPaths()))\nrepositories <- Sys.getenv("CRAN", getOption("repos"))\nif (any(repositories == "@CRAN@")) repositories <- "https://cloud.r-project.org"\nmissing <- function() wanted[!vapply(wanted, requireNamespace, NA, quietly = TRUE)]\nif (length(missing()) > 0) install.packages(missing(), lib = library, repos = repositories)\nif (length(missing()) > 0) stop("not installed: ", paste(missing(), collapse = ", "))\n',
          '{env_dir}/library',
          '{manifest_path}',
        ],
      },
      env_vars: { R_LIBS: { operation: 'prepend', value: '{env_dir}/library', separator: ':' } },
    },
    versions: [],
  },
  {
    ref: 'core.native',
    name: 'native',
    label: 'Native',
    description: 'Executable files, run as they are',
    aliases: ['local', 'binary', 'builtin', 'standalone'],
    distributions: { verification: { always_available: true, commands: [] } },
    execution_config: { env_vars: {} },
    versions: [],
  },
  {
    ref: 'core.javascript',
    name: 'javascript',
    label: 'JavaScript',
    description: 'JavaScript, run by the Node.js inside the agent, in any image',
    aliases: ['js', 'ecmascript'],
    distributions: { verification: { always_available: true, agent_version: 'node', commands: [] } },
    execution_config: {
      interpreter: {
        binary: '{agent}',
        args: ['javascript', '--modules={env_dir}/node_modules', '{action_file}'],
        file_extension: '.js',
      },
      environment: { env_type: 'node_modules', dir_name: 'node_modules' },
      dependencies: {
        manifest_file: 'package.json',
        lock_files: ['package-lock.json', 'npm-shrinkwrap.json', '.npmrc'],
        installer: 'the agent itself',
        install_command: ['{agent}', 'javascript-install', '{pack_dir}', '{env_dir}'],
      },
      env_vars: {},
    },
    versions: [],
  },
  {
    ref: 'core.wasm',
    name: 'wasm',
    label: 'WebAssembly',
    description: 'WASI preview 1 modules, run by the Node.js inside the agent, in any image; not a sandbox',
    aliases: ['wasi', 'webassembly'],
    distributions: { verification: { always_available: true, commands: [] } },
    execution_config: {
      interpreter: { binary: '{agent}', args: ['wasm', '{action_file}'], file_extension: '.wasm' },
      env_vars: {},
    },
    versions: [],
  },
  {
    ref: 'core.bun',
    name: 'bun',
    label: 'Bun',
    description: 'TypeScript and JavaScript, run by Bun',
    aliases: ['bunjs'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'bun',
            args: ['--version'],
            exit_code: 0,
            pattern: '^(\\d+\\.\\d+\\.\\d+)',
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'bun', args: ['--no-install', 'run'], file_extension: '.ts' },
      environment: {
        env_type: 'node_modules',
        dir_name: 'node_modules',
        create_command: ['mkdir', '-p', '{env_dir}'],
      },
      dependencies: {
        manifest_file: 'package.json',
        lock_files: ['bun.lock', 'bun.lockb', 'bunfig.toml', '.npmrc'],
        installer: 'Bun',
        install_command: [
          'sh',
          '-euc',
          'cd "$1"\nln -sf "$2"/* .\nrm -f node_modules\nfor file in package.json bun.lock bun.lockb bunfig.toml .npmrc; do\n  if [ -e "$2/$file" ]; then rm -f "$file"; cp "$2/$file" .; fi\ndone\nfrozen=\nif [ -e bun.lock ] || [ -e bun.lockb ]; then frozen=--frozen-lockfile; fi\n"$3" install --production $frozen --no-progress --cache-dir="$1/.bun" --backend=copyfile\nrm -rf .bun\nfor file in *; do if [ -L "$file" ]; then rm "$file"; fi; done\n',
          'sh',
          '{env_dir}',
          '{pack_dir}',
          '{interpreter}',
        ],
      },
      env_vars: {
        NODE_PATH: { operation: 'prepend', value: '{env_dir}/node_modules', separator: ':' },
        PATH: { operation: 'prepend', value: '{env_dir}/node_modules/.bin', separator: ':' },
      },
    },
    versions: [],
  },
  {
    ref: 'core.deno',
    name: 'deno',
    label: 'Deno',
    description: 'TypeScript and JavaScript, run by Deno with all its permissions',
    aliases: [],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'deno',
            args: ['--version'],
            exit_code: 0,
            pattern: '^deno (\\d+\\.\\d+\\.\\d+)',
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: {
        binary: 'deno',
        args: ['run', '--quiet', '--allow-all', '--no-prompt', '--lock={env_dir}/deno.lock'],
        file_extension: '.ts',
      },
      environment: { env_type: 'deno_dir', dir_name: 'deno', create_command: ['mkdir', '-p', '{env_dir}'] },
      dependencies: {
        manifest_file: 'deno.json',
        lock_files: ['deno.lock', 'package.json'],
        installer: 'Deno',
        install_command: [
          'sh',
          '-euc',
          'if [ -e "$2/deno.lock" ]; then cp "$2/deno.lock" "$1"; fi\ncd "$2"\nDENO_DIR="$1" "$3" install --lock="$1/deno.lock"\n',
          'sh',
          '{env_dir}',
          '{pack_dir}',
          '{interpreter}',
        ],
      },
      env_vars: { DENO_NO_UPDATE_CHECK: '1', DENO_DIR: '{env_dir}' },
    },
    versions: [],
  },
  {
    ref: 'core.dotnet',
    name: 'dotnet',
    label: '.NET',
    description: 'C# programs of one file, for .NET 10 and later, and assemblies (.dll) for any version',
    aliases: ['csharp', 'net', 'c#'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'dotnet',
            args: ['--list-runtimes'],
            exit_code: 0,
            pattern: '^Microsoft\\.NETCore\\.App (\\d+\\.\\d+\\.\\d+)(?![\\s\\S]*^Microsoft\\.NETCore\\.App)',
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'dotnet', args: [], file_extension: '.cs' },
      env_vars: {
        DOTNET_NOLOGO: '1',
        DOTNET_CLI_TELEMETRY_OPTOUT: '1',
        DOTNET_SKIP_FIRST_TIME_EXPERIENCE: '1',
      },
    },
    versions: [],
  },
  {
    ref: 'core.elixir',
    name: 'elixir',
    label: 'Elixir',
    description: 'Elixir scripts',
    aliases: ['ex', 'exs'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'elixir',
            args: ['--version'],
            exit_code: 0,
            pattern: '^Elixir (\\d+\\.\\d+\\.\\d+)',
            version_file: {
              path: '../lib/elixir/ebin/elixir.app',
              pattern: '\\{vsn,\\s*"(\\d+\\.\\d+\\.\\d+)',
            },
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'elixir', args: [], file_extension: '.exs' },
      environment: { env_type: 'mix', dir_name: '.build', create_command: ['mkdir', '-p', '{env_dir}'] },
      dependencies: {
        manifest_file: 'mix.exs',
        lock_files: ['mix.lock'],
        installer: 'mix',
        install_command: [
          'sh',
          '-euc',
          'cd "$1"\nln -sf "$2"/* .\nrm -f mix.exs mix.lock deps _build\ncp "$2"/mix.exs .\nif [ -e "$2/mix.lock" ]; then cp "$2/mix.lock" .; fi\nexport MIX_ENV=prod MIX_HOME="$1/.mix" HEX_HOME="$1/.hex" MIX_DEPS_PATH="$1/.deps" MIX_BUILD_PATH="$1/.build"\nif grep -q hex: mix.lock 2>/dev/null || ! grep -qE \'^ *\\{:[a-z_]+, *(path|git|github):\' mix.exs; then\n  mix local.hex --force --if-missing\n  mix local.rebar --force --if-missing\nfi\nmix deps.get --only prod\nmix deps.compile\nfor file in *; do if [ -L "$file" ]; then rm "$file"; fi; done\n',
          'sh',
          '{env_dir}',
          '{pack_dir}',
        ],
      },
      env_vars: { ERL_LIBS: { operation: 'prepend', value: '{env_dir}/.build/lib', separator: ':' } },
    },
    versions: [],
  },
  {
    ref: 'core.julia',
    name: 'julia',
    label: 'Julia',
    description: 'Julia scripts',
    aliases: ['jl', 'julialang'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'julia',
            args: ['--startup-file=no', '--version'],
            exit_code: 0,
            pattern: '^julia version (\\d+\\.\\d+\\.\\d+)',
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'julia', args: ['--startup-file=no'], file_extension: '.jl' },
      environment: {
        env_type: 'julia_project',
        dir_name: 'depot',
        create_command: ['mkdir', '-p', '{env_dir}/depot'],
      },
      dependencies: {
        manifest_file: 'Project.toml',
        lock_files: ['Manifest.toml'],
        installer: 'Pkg',
        install_command: [
          'sh',
          '-euc',
          'cp "$2"/Project.toml "$1"\nif [ -e "$2/Manifest.toml" ]; then cp "$2/Manifest.toml" "$1"; fi\nJULIA_DEPOT_PATH="$1/depot:" "$3" --startup-file=no "--project=$1" -e \'\n  import Pkg\n  Pkg.instantiate()\n  Pkg.precompile()\n\'\n',
          'sh',
          '{env_dir}',
          '{pack_dir}',
          '{interpreter}',
        ],
      },
      env_vars: { JULIA_PROJECT: '{env_dir}', JULIA_DEPOT_PATH: ':{env_dir}/depot' },
    },
    versions: [],
  },
  {
    ref: 'core.lua',
    name: 'lua',
    label: 'Lua',
    description: 'Lua scripts, run by Lua or LuaJIT, which is a Lua 5.1',
    aliases: [],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'lua',
            args: ['-v'],
            exit_code: 0,
            pattern: '^Lua (\\d+\\.\\d+(?:\\.\\d+)?)',
            priority: 1,
          },
          {
            binary: 'luajit',
            args: ['-e', 'print(_VERSION)'],
            exit_code: 0,
            pattern: '^Lua (\\d+\\.\\d+)',
            priority: 2,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'lua', args: [], file_extension: '.lua' },
      environment: { env_type: 'luarocks', dir_name: 'rocks', create_command: ['mkdir', '-p', '{env_dir}'] },
      dependencies: {
        manifest_file: 'dependencies-dev-1.rockspec',
        lock_files: ['luarocks.lock'],
        installer: 'LuaRocks',
        install_command: [
          'sh',
          '-euc',
          'version=$("$3" -e \'print(_VERSION:match("%d+%.%d+"))\')\nHOME="$1/.home" luarocks --lua-version "$version" --tree "$1" install --only-deps "$2"\nrm -rf "$1/.home"\n',
          'sh',
          '{env_dir}',
          '{manifest_path}',
          '{interpreter}',
        ],
      },
      env_vars: {
        LUA_PATH:
          '{env_dir}/share/lua/5.4/?.lua;{env_dir}/share/lua/5.4/?/init.lua;{env_dir}/share/lua/5.3/?.lua;{env_dir}/share/lua/5.3/?/init.lua;{env_dir}/share/lua/5.2/?.lua;{env_dir}/share/lua/5.2/?/init.lua;{env_dir}/share/lua/5.1/?.lua;{env_dir}/share/lua/5.1/?/init.lua;;',
        LUA_CPATH:
          '{env_dir}/lib/lua/5.4/?.so;{env_dir}/lib/lua/5.3/?.so;{env_dir}/lib/lua/5.2/?.so;{env_dir}/lib/lua/5.1/?.so;;',
      },
    },
    versions: [],
  },
  {
    ref: 'core.php',
    name: 'php',
    label: 'PHP',
    description: "PHP scripts, run by the command line's PHP",
    aliases: ['php-cli', 'php5', 'php7', 'php8'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'php',
            args: ['-n', '--version'],
            exit_code: 0,
            pattern: '^PHP (\\d+\\.\\d+\\.\\d+)',
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: {
        binary: 'php',
        args: ['-dauto_prepend_file={env_dir}/vendor/autoload.php'],
        file_extension: '.php',
      },
      environment: { env_type: 'composer', dir_name: 'vendor', create_command: ['mkdir', '-p', '{env_dir}'] },
      dependencies: {
        manifest_file: 'composer.json',
        lock_files: ['composer.lock'],
        installer: 'Composer',
        install_command: [
          'sh',
          '-euc',
          'cd "$1"\nln -sf "$2"/* .\nrm -f vendor composer.json composer.lock\ncp "$2"/composer.json .\nif [ -e "$2/composer.lock" ]; then cp "$2/composer.lock" .; fi\nexport COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_HOME="$1/.composer" COMPOSER_MIRROR_PATH_REPOS=1\ncomposer install --no-dev --no-interaction --no-progress --optimize-autoloader\nrm -rf .composer\nfor file in *; do if [ -L "$file" ]; then rm "$file"; fi; done\n',
          'sh',
          '{env_dir}',
          '{pack_dir}',
        ],
      },
      env_vars: {},
    },
    versions: [],
  },
  {
    ref: 'core.powershell',
    name: 'powershell',
    label: 'PowerShell',
    description: 'PowerShell scripts',
    aliases: ['pwsh', 'ps1'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'pwsh',
            args: ['-NoLogo', '-NoProfile', '-Version'],
            exit_code: 0,
            pattern: '^PowerShell (\\d+\\.\\d+\\.\\d+)',
            version_file: {
              path: 'pwsh.deps.json',
              pattern: '"(?:pwsh|powershell)[^"/]*/(\\d+\\.\\d+\\.\\d+)',
            },
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: {
        binary: 'pwsh',
        args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-File'],
        file_extension: '.ps1',
      },
      environment: {
        env_type: 'powershell_modules',
        dir_name: 'modules',
        create_command: ['mkdir', '-p', '{env_dir}/modules'],
      },
      dependencies: {
        manifest_file: 'requirements.psd1',
        lock_files: [],
        installer: 'PSResourceGet',
        install_command: [
          '{interpreter}',
          '-NoLogo',
          '-NoProfile',
          '-NonInteractive',
          '-Command',
          "& {\n  param($manifest, $folder)\n  $ErrorActionPreference = 'Stop'\n  foreach ($module in (Import-PowerShellDataFile $manifest).GetEnumerator()) {\n    $options = if ($module.Value -is [hashtable]) { $module.Value } else { @{version = $module.Value} }\n    Save-PSResource -Name $module.Key @options -Path $folder -TrustRepository\n  }\n} '{manifest_path}' '{env_dir}/modules'\n",
        ],
      },
      env_vars: {
        PSModulePath: { operation: 'prepend', value: '{env_dir}/modules', separator: ':' },
        POWERSHELL_TELEMETRY_OPTOUT: '1',
        NO_COLOR: '1',
      },
    },
    versions: [],
  },
  {
    ref: 'core.tcl',
    name: 'tcl',
    label: 'Tcl',
    description: 'Tcl scripts',
    aliases: ['tclsh'],
    distributions: {
      verification: {
        always_available: false,
        commands: [
          {
            binary: 'tclsh',
            args: [],
            input: 'puts "Tcl [info patchlevel]"',
            exit_code: 0,
            pattern: '^Tcl (\\d+\\.\\d+(?:\\.\\d+)?)',
            priority: 100,
          },
        ],
      },
    },
    execution_config: {
      interpreter: { binary: 'tclsh', args: [], file_extension: '.tcl' },
      env_vars: { TCLLIBPATH: { operation: 'prepend', value: '{pack_dir}/lib', separator: ' ' } },
    },
    versions: [],
  },
];
