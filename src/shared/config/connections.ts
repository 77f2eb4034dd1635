import * as z from 'zod';
import { caBundleSetting } from './ca-bundle.ts';
import { setting } from './setting.ts';
import { url } from './types.ts';

/** Settings that the control plane and the direct link share. */
export const connectionSettings = {
  databaseUrl: setting({
    key: 'database.url',
    schema: url('postgres', 'postgresql').optional(),
    description:
      'PostgreSQL, the record of truth: postgres://user:password@host:5432/database, with ?sslmode=verify-full for TLS',
    secret: true,
  }),
  messageQueueUrl: setting({
    key: 'message_queue.url',
    schema: url('amqp', 'amqps').optional(),
    description:
      'RabbitMQ: amqp://user:password@host:5672, or amqps: for TLS. Absent: PostgreSQL carries the messages as well',
    secret: true,
  }),
  caBundle: caBundleSetting,
  encryptionKey: setting({
    key: 'security.encryption_key',
    schema: z.string().min(32, 'must have at least 32 characters').optional(),
    description: 'Key under which secret parameters are stored (at least 32 characters)',
    secret: true,
  }),
  packsDirectory: setting({
    key: 'packs_base_dir',
    variable: 'ATTUNE_PACKS_BASE_DIR',
    schema: z.string().min(1).default('/opt/attune/packs'),
    description: 'Folder that holds one folder for each pack',
  }),
  logLevel: setting({
    key: 'log.level',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    description: 'Least important level that is logged',
  }),
};
