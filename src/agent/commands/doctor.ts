import { trustCaBundle } from '../../shared/certificates/trust.ts';
import { describeError } from '../../shared/errors.ts';
import { readConfiguration, unknownVariables } from '../../shared/config/read.ts';
import type { Configuration } from '../../shared/config/setting.ts';
import type { Environment } from '../detect/environment.ts';
import { dnsChecks } from '../doctor/checks/dns.ts';
import { fileChecks } from '../doctor/checks/file.ts';
import { folderChecks } from '../doctor/checks/folders.ts';
import { limitChecks } from '../doctor/checks/limits.ts';
import { runtimeCheck } from '../doctor/checks/runtimes.ts';
import { serverChecks } from '../doctor/checks/servers.ts';
import { tlsChecks } from '../doctor/checks/tls.ts';
import { userChecks } from '../doctor/checks/user.ts';
import { examine } from '../doctor/examine.ts';
import { failure, ok, warning, worstOf, type Check, type Verdict } from '../doctor/finding.ts';
import { peersOf } from '../doctor/peers.ts';
import { renderFindings } from '../doctor/render.ts';
import { agentSettings } from '../settings.ts';
import { readArguments } from '../start/arguments.ts';

/** Seconds that a check may take. */
const patience = 8;

/** The exit code by the worst finding. 2 is a wrong command line or configuration, as with every command. */
const codes = { ok: 0, failure: 1, warning: 3 } as const;

export interface Diagnosis {
  readonly code: number;
  readonly text: string;
}

/**
 * `doctor`: whether this container is fit for an agent with this configuration; what is wrong comes with its fix.
 * @throws AttuneError `invalid_arguments`, `invalid_configuration`
 */
export async function doctorCommand(
  argv: readonly string[],
  environment: Environment,
  output: { readonly coloured: boolean },
): Promise<Diagnosis> {
  const { flags, file, json } = readArguments(argv, agentSettings);
  const config = readConfiguration(agentSettings, { flags, environment, file });
  const findings = await examine(checksOf(config, environment), patience);
  const worst = worstOf(findings);
  const text = json ? JSON.stringify({ worst, findings }, null, 2) : renderFindings(findings, output);
  return { code: codes[worst], text };
}

function checksOf(config: Configuration<typeof agentSettings>, environment: Environment): Check[] {
  const peers = peersOf(config);
  return [
    ...fileChecks(process.execPath),
    settingsCheck(environment),
    trustCheck(config.caBundle),
    ...userChecks(config, environment),
    ...limitChecks(),
    ...folderChecks(config),
    runtimeCheck(environment, config.workerRuntimes),
    ...dnsChecks(peers),
    ...tlsChecks(peers),
    ...serverChecks(config),
  ];
}

/** Trusts them at once: connections are made by other checks at the same time. */
function trustCheck(path: string | undefined): Check {
  const verdict = trust(path);
  return { name: 'authorities', examine: () => verdict };
}

function trust(path: string | undefined): Verdict {
  try {
    trustCaBundle(path);
    return ok(path === undefined ? 'those of Node, as ATTUNE_CA_BUNDLE is not set' : `those of ${path} too`);
  } catch (error) {
    return failure(describeError(error));
  }
}

function settingsCheck(environment: Environment): Check {
  return {
    name: 'settings',
    examine() {
      const unknown = unknownVariables(agentSettings, environment);
      if (unknown.length === 0) return ok('all are understood');
      return warning(`no setting has the name ${unknown.join(', ')}`, 'see attune-agent --help');
    },
  };
}
