import * as z from 'zod';
import { connectionSettings } from '../shared/config/connections.ts';
import { setting } from '../shared/config/setting.ts';
import { bytes, labels, list, seconds, truth, url, wholeNumber } from '../shared/config/types.ts';
import { plainName } from '../contract/names.ts';
import { askedUser, limits, umask } from './confine/types.ts';

/** Every setting of the agent. */
export const agentSettings = {
  ...connectionSettings,
  workerMode: setting({
    key: 'mode',
    variable: 'ATTUNE_WORKER_MODE',
    schema: z.enum(['agent', 'worker']).default('agent'),
    description:
      'When environments are built: "agent" on first use; "worker" those of all packs, before work is taken',
  }),
  workerName: setting({
    key: 'worker.name',
    variable: 'ATTUNE_WORKER_NAME',
    schema: plainName.optional(),
    description: 'Name of this worker. Default: the host name and a random suffix',
  }),
  workerPool: setting({
    key: 'worker.pool',
    variable: 'ATTUNE_WORKER_POOL',
    schema: plainName.optional(),
    description: 'Pool that this worker joins. Default: derived from its capabilities',
  }),
  workerRuntimes: setting({
    key: 'worker.runtimes',
    variable: 'ATTUNE_WORKER_RUNTIMES',
    schema: list.optional(),
    description: 'Runtimes to advertise, like "python,shell". Default: those that are detected',
  }),
  workerLabels: setting({
    key: 'worker.labels',
    variable: 'ATTUNE_WORKER_LABELS',
    schema: labels.default({}),
    description: 'Labels that actions can select, like "gpu=true,zone=a"',
  }),
  concurrency: setting({
    key: 'worker.concurrency',
    variable: 'ATTUNE_WORKER_CONCURRENCY',
    schema: wholeNumber(1).max(1000).optional(),
    description: 'How many executions run at a time. Default: the CPUs that the cgroup allows',
  }),
  connectTimeout: setting({
    key: 'agent.connect_timeout',
    variable: 'ATTUNE_AGENT_CONNECT_TIMEOUT',
    schema: seconds.default(300),
    description: 'How long to wait at the start for servers that are not there yet',
  }),
  heartbeatInterval: setting({
    key: 'worker.heartbeat_interval',
    variable: 'ATTUNE_WORKER_HEARTBEAT_INTERVAL',
    schema: seconds.default(10),
    description: 'How often the worker says that it lives',
  }),
  graceTime: setting({
    key: 'worker.grace_time',
    variable: 'ATTUNE_WORKER_GRACE_TIME',
    schema: seconds.default(10),
    description: 'Between TERM and KILL for a process that must end',
  }),
  drainTime: setting({
    key: 'worker.drain_time',
    variable: 'ATTUNE_WORKER_DRAIN_TIME',
    schema: seconds.default(30),
    description: 'How long a stopping worker lets its executions go on',
  }),
  hangTime: setting({
    key: 'agent.hang_time',
    variable: 'ATTUNE_AGENT_HANG_TIME',
    schema: seconds.default(30),
    description:
      'Silence after which a hanging agent is killed and started again; its executions go on. 0: never',
  }),
  healthPort: setting({
    key: 'agent.health_port',
    variable: 'ATTUNE_AGENT_HEALTH_PORT',
    schema: wholeNumber(0).max(65_535, 'must be at most 65535').optional(),
    description: 'Port for probes by HTTP: /live, /ready, /metrics; 0 takes a free one. Default: none',
  }),
  healthHost: setting({
    key: 'agent.health_host',
    variable: 'ATTUNE_AGENT_HEALTH_HOST',
    schema: z.string().min(1).optional(),
    description: 'Address on which probes by HTTP are answered. Default: all addresses',
  }),
  outputLimit: setting({
    key: 'worker.output_limit',
    variable: 'ATTUNE_WORKER_OUTPUT_LIMIT',
    schema: wholeNumber(1024).default(10 * 1024 * 1024),
    description: 'Bytes kept of each stream of an execution: the first and the last half',
  }),
  jobUser: setting({
    key: 'job.user',
    variable: 'ATTUNE_JOB_USER',
    schema: askedUser.optional(),
    description:
      'User, group and further groups of executions: "1000", "1000:1000,27", or names of the container. The agent must be root. Default: the agent\'s own',
  }),
  jobNoNewPrivileges: setting({
    key: 'job.no_new_privileges',
    variable: 'ATTUNE_JOB_NO_NEW_PRIVILEGES',
    schema: truth.default(false),
    description: 'Whether set-uid programs such as sudo give executions no rights',
  }),
  jobUmask: setting({
    key: 'job.umask',
    variable: 'ATTUNE_JOB_UMASK',
    schema: umask.default('022'),
    description: 'Permission bits that new files of executions do not get',
  }),
  jobNice: setting({
    key: 'job.nice',
    variable: 'ATTUNE_JOB_NICE',
    schema: wholeNumber(-20).max(19, 'must be at most 19').default(0),
    description:
      'Added to the niceness of the agent for executions: 19 yields to everybody; below 0 needs CAP_SYS_NICE',
  }),
  jobLimits: setting({
    key: 'job.limits',
    variable: 'ATTUNE_JOB_LIMITS',
    schema: limits.optional(),
    description:
      'Limits of each process of an execution, as ulimit has them: "nofile=1024,nproc=512,as=2g,core=0,cpu=60:90". nproc counts all processes of the user. Default: none',
  }),
  artifactsDirectory: setting({
    key: 'artifacts_dir',
    variable: 'ATTUNE_ARTIFACTS_DIR',
    schema: z.string().min(1).default('/opt/attune/artifacts'),
    description: 'Folder in which executions leave files',
  }),
  runtimeEnvironmentsDirectory: setting({
    key: 'runtime_envs_dir',
    variable: 'ATTUNE_RUNTIME_ENVS_DIR',
    schema: z.string().min(1).default('/opt/attune/runtime_envs'),
    description: 'Folder for environments made for packs',
  }),
  packsCacheDirectory: setting({
    key: 'packs_cache_dir',
    variable: 'ATTUNE_PACKS_CACHE_DIR',
    schema: z.string().min(1).optional(),
    description:
      'Folder for packs that are fetched because packs_base_dir has them not; agents may share it. Default: packs_cache beside runtime_envs_dir, or attune-packs in worker.tmp_dir where that can not be written',
  }),
  packsCacheAge: setting({
    key: 'packs_cache.age',
    variable: 'ATTUNE_PACKS_CACHE_AGE',
    schema: seconds.default(7 * 86_400),
    description: 'How long a fetched pack is kept that nothing uses',
  }),
  packsCacheSize: setting({
    key: 'packs_cache.size',
    variable: 'ATTUNE_PACKS_CACHE_SIZE',
    schema: wholeNumber(0).default(2 * 1024 ** 3),
    description: 'Bytes that all fetched packs may have together, but for those in use',
  }),
  environmentTimeout: setting({
    key: 'environment.timeout',
    variable: 'ATTUNE_ENVIRONMENT_TIMEOUT',
    schema: seconds.default(600),
    description: 'How long installing the dependencies of a pack may take',
  }),
  environmentMaxAge: setting({
    key: 'environment.max_age',
    variable: 'ATTUNE_ENVIRONMENT_MAX_AGE',
    schema: seconds.default(30 * 24 * 3600),
    description: 'Environments that nobody has used for so long are removed, like "7d". 0: never',
  }),
  environmentMaxSize: setting({
    key: 'environment.max_size',
    variable: 'ATTUNE_ENVIRONMENT_MAX_SIZE',
    schema: bytes.optional(),
    description:
      'Size of all environments together, like "20g", above which those used longest ago are removed. Default: none',
  }),
  spoolDirectory: setting({
    key: 'worker.spool_dir',
    variable: 'ATTUNE_WORKER_SPOOL_DIR',
    schema: z.string().min(1).default('/tmp/attune-spool'),
    description: 'Folder for results that could not be delivered yet',
  }),
  temporaryDirectory: setting({
    key: 'worker.tmp_dir',
    variable: 'ATTUNE_WORKER_TMP_DIR',
    schema: z.string().min(1).default('/tmp'),
    description: 'Folder for parameter files, removed after use',
  }),
  apiUrl: setting({
    key: 'api.url',
    variable: 'ATTUNE_API_URL',
    schema: url('http', 'https').optional(),
    description: 'Address of the API, handed to actions',
  }),
};
