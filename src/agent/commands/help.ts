import { defaultOf, flagOf, variableOf, type Setting } from '../../shared/config/setting.ts';
import { agentSettings } from '../settings.ts';

const usage = `Usage: attune-agent [command] [options]

Without a command, runs this container as an Attune worker.

Commands:
  detect [--json]     show what this container can do, and leave
  doctor [--json]     say what in this container is in an agent's way, and the fix; exits with 0 when nothing is,
                      1 when it can't work, 3 when something may fail that executions need
  health [--live] [--json]
                      exit with 0 when this container's agent is ready for executions, else with 1 and the reason;
                      with --live, when it answers at all
  install DIR [--mode 0755] [--json]
                      copy this file to DIR/attune-agent, for other containers to run it from there
  try PACK [ACTION] [--parameters JSON|@FILE|-] [--json]
                      run one action of the pack in a folder here, as a worker would, without a server; ends as the
                      action ends: 124 after a timeout, 130 when cancelled, 128 + n when signal n ended it
  test PACK [--only TEXT]
                      run the tests of the pack in a folder here, and tell of them in lines of JSON; "attune pack test"
                      makes these readable
  env list [--json]   show the environments that were built for packs: their size, when they were used last
  env build PACK [--runtime NAME] [--json]
                      build those of the pack in a folder here, ahead of its executions and without a server; keys that
                      the pack wants are taken from variables of their names
  env prune [--older-than 7d] [--max-size 20g] [--json]
                      remove those that nobody has used for so long, or until the others fit; never one in use
  javascript [--modules=FOLDER] SCRIPT [ARGUMENT...]
                      run a script by the Node in this file, with the packages in FOLDER
  javascript-install PACK FOLDER
                      install what PACK/package.json names into FOLDER/node_modules, as its lock file says
  wasm MODULE [ARGUMENT...]
                      run a module of WASI preview 1, which is not kept in a sandbox
  licenses            print the license texts of everything in this file
  --version [--json]  print version, commit, Node and architecture
  --help              print this text

Examples:
  ATTUNE__DATABASE__URL=postgres://attune@db/attune attune-agent
  ATTUNE__DATABASE__URL=postgres://attune@db/attune attune-agent doctor
  attune-agent --worker-pool=ruby --worker-concurrency=4 --config /opt/attune/config/config.yaml
  attune-agent detect --json
  attune-agent try ./packs/core echo --parameters '{"message": "hello"}'
  attune-agent env build ./packs/report --runtime python
  attune-agent env prune --older-than 7d --max-size 20g

Exit codes:
  0  stopped as asked     1  failed     2  wrong command line or configuration     3  doctor has warnings

Signals:
  TERM, INT, HUP or QUIT: the first lets executions finish, a second cancels them, a third exits at once; HUP counts once

Its parent is a small supervisor that runs the jobs, reaps orphans, and starts another agent where this one dies or hangs.

Settings, as flag, as variable, or as key of the file named by --config; <VARIABLE>_FILE names a file that holds the value:
`;

/** `--help`: the commands and every setting. */
export function helpText(): string {
  return usage + Object.values(agentSettings).map(describeSetting).join('');
}

function describeSetting(setting: Setting): string {
  const standard = defaultOf(setting);
  const ending = standard === undefined || standard === '{}' ? '' : ` [${standard}]`;
  // Secrets have no flag: the arguments of a process are for everybody to see.
  const names = setting.secret === true ? [] : [flagOf(setting)];
  return `  ${[...names, variableOf(setting)].join('  ')}\n      ${setting.description}${ending}\n`;
}
