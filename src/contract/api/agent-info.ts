import * as z from 'zod';

/** `GET /api/v1/agent/info`: the version of the agent that belongs to this server. */
export const agentInfo = z.object({ version: z.string(), commit: z.string() });
export type AgentInfo = z.infer<typeof agentInfo>;
