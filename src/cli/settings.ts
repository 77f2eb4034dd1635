import * as z from 'zod';
import { caBundleSetting } from '../shared/config/ca-bundle.ts';
import { setting } from '../shared/config/setting.ts';
import { url } from '../shared/config/types.ts';

/** Every setting of the commands that speak with a server. */
export const clientSettings = {
  caBundle: caBundleSetting,
  apiUrl: setting({
    key: 'api.url',
    variable: 'ATTUNE_API_URL',
    schema: url('http', 'https').default('http://127.0.0.1:8080'),
    description: 'Address of the server',
  }),
  apiToken: setting({
    key: 'api.token',
    variable: 'ATTUNE_API_TOKEN',
    schema: z.string().min(1).optional(),
    description: 'Token that is sent to the server',
    secret: true,
  }),
};
