import * as z from 'zod';
import { connectionSettings } from '../shared/config/connections.ts';
import { setting } from '../shared/config/setting.ts';
import { seconds, wholeNumber } from '../shared/config/types.ts';

/** Every setting of the control plane. */
export const serverSettings = {
  ...connectionSettings,
  host: setting({
    key: 'server.host',
    schema: z.string().min(1).default('127.0.0.1'),
    description: 'Address to listen on. Any other than loopback needs security.api_token',
  }),
  port: setting({
    key: 'server.port',
    schema: wholeNumber(0).max(65_535).default(8080),
    description: 'Port to listen on; 0 takes a free one',
  }),
  apiToken: setting({
    key: 'security.api_token',
    schema: z.string().min(16, 'must have at least 16 characters').optional(),
    description: 'Token that clients send as "Authorization: Bearer …" (at least 16 characters)',
    secret: true,
  }),
  agentDirectory: setting({
    key: 'agent.binary_dir',
    schema: z.string().min(1).optional(),
    description:
      'Folder with attune-agent-x86_64 and attune-agent-aarch64, for workers to download. Absent: none are offered',
  }),
  agentToken: setting({
    key: 'agent.bootstrap_token',
    schema: z
      .string()
      // Letters that need no quoting in a header, a shell or the configuration of a download program (RFC 6750, 2.1).
      .regex(/^[\w.~+/=-]{16,}$/, 'must have at least 16 letters, digits or any of "-._~+/="')
      .optional(),
    description: 'Token that a download of the agent sends as "X-Agent-Token: …" (at least 16 characters)',
    secret: true,
  }),
  bodyLimit: setting({
    key: 'server.body_limit',
    schema: wholeNumber(1024).default(5 * 1024 * 1024),
    description: 'Bytes that the body of a request may have',
  }),
  workerLostAfter: setting({
    key: 'scheduler.worker_lost_after',
    schema: seconds.default(30),
    description: 'Silence after which a worker counts as lost',
  }),
  sweepInterval: setting({
    key: 'scheduler.sweep_interval',
    schema: seconds.default(1),
    description: 'How often each server looks for what is stuck',
  }),
  keepExecutions: setting({
    key: 'retention.executions',
    schema: seconds.default(90 * 86_400),
    description: 'How long executions that have ended are kept, like "90d"; 0: for ever',
  }),
  mostExecutions: setting({
    key: 'retention.most_executions',
    schema: wholeNumber(1).optional(),
    description:
      'How many executions are kept at most: the oldest that have ended go first. Default: any number',
  }),
  keepLogs: setting({
    key: 'retention.logs',
    schema: seconds.default(30 * 86_400),
    description: 'How long the logs of executions that have ended are kept; 0: as long as the executions',
  }),
  retentionInterval: setting({
    key: 'retention.interval',
    schema: seconds.default(600),
    description: 'How often each server looks for what is older than it may become',
  }),
  connectTimeout: setting({
    key: 'server.connect_timeout',
    schema: seconds.default(300),
    description: 'How long to wait at the start for a database or broker that is not there yet',
  }),
  shutdownTime: setting({
    key: 'server.shutdown_time',
    schema: seconds.default(10),
    description: 'How long requests under way may take when the server stops',
  }),
};
