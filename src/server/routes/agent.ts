import { agentInfo } from '../../contract/api/agent-info.ts';
import { buildInfo } from '../../shared/build-info.ts';
import type { App } from '../http/app-type.ts';

export function agentRoutes(app: App): void {
  const { version, commit } = buildInfo();
  app.get(
    '/agent/info',
    {
      schema: { tags: ['server'], summary: 'The agent that fits this server', response: { 200: agentInfo } },
    },
    () => ({ version, commit }),
  );
}
