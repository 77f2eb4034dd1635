import * as z from 'zod';
import { setting } from './setting.ts';

/** The setting of every program that speaks TLS with others. */
export const caBundleSetting = setting({
  key: 'ca_bundle',
  variable: 'ATTUNE_CA_BUNDLE',
  schema: z.string().min(1).optional(),
  description:
    'PEM file of further certificate authorities to trust: for database, broker and API. An agent hands them on to the tools of its executions',
});
