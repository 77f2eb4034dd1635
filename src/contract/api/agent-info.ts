import * as z from 'zod';

/** A processor that there is an agent for, by the name that `uname -m` gives it. */
export const architecture = z.enum(['x86_64', 'aarch64']);
export type Architecture = z.infer<typeof architecture>;

/** What a client checks a downloaded agent by. */
const agentFileInfo = z.object({
  size: z.int().describe('Bytes'),
  sha256: z.string().describe('Hexadecimal'),
  signature: z
    .string()
    .optional()
    .describe('Ed25519 signature of the file in base64, as "attune agent sign" made it'),
});

/** `GET /api/v1/agent/info`: the version of this server and of the agent that belongs to it, and the files that it offers. */
export const agentInfo = z.object({
  version: z.string(),
  commit: z.string(),
  architectures: z.partialRecord(architecture, agentFileInfo),
});
export type AgentInfo = z.infer<typeof agentInfo>;
