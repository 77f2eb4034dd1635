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
        install_command: ['{interpreter}', '-m', 'pip', 'install', '--requirement', '{manifest_path}'],
      },
      env_vars: {
        PYTHONUNBUFFERED: '1',
        PYTHONPATH: { operation: 'prepend', value: '{pack_dir}/lib', separator: ':' },
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
        create_command: ['mkdir', '-p', '{env_dir}'],
      },
      dependencies: {
        manifest_file: 'package.json',
        install_command: ['npm', 'install', '--prefix', '{env_dir}', '{pack_dir}'],
      },
      env_vars: { NODE_PATH: { operation: 'prepend', value: '{env_dir}/node_modules', separator: ':' } },
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
        dir_name: 'gems',
        create_command: ['mkdir', '-p', '{env_dir}/gems'],
      },
      dependencies: {
        manifest_file: 'Gemfile',
        install_command: ['bundle', 'install', '--gemfile', '{manifest_path}'],
      },
      env_vars: {
        GEM_HOME: '{env_dir}/gems',
        GEM_PATH: { operation: 'prepend', value: '{env_dir}/gems', separator: ':' },
        BUNDLE_PATH: '{env_dir}/gems',
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
      dependencies: { manifest_file: 'go.mod' },
      env_vars: { GOTOOLCHAIN: 'local' },
    },
    versions: [],
  },
  {
    ref: 'core.java',
    name: 'java',
    label: 'Java',
    description: 'Java programs of one source file, for Java 11 and later',
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
      dependencies: { manifest_file: 'pom.xml' },
      env_vars: {},
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
        install_command: ['cpanm', '--local-lib', '{env_dir}/perl5', '--installdeps', '{pack_dir}'],
      },
      env_vars: { PERL5LIB: { operation: 'prepend', value: '{env_dir}/perl5/lib/perl5', separator: ':' } },
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
      dependencies: { manifest_file: 'DESCRIPTION' },
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
];
