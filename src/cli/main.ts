#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import type { Context } from './context.ts';
import { runProgram } from './program.ts';

/** After so many signals the process ends at once; what it started is tethered to it. */
const patience = 3;

let signals = 0;

const context: Context = {
  command: [process.execPath, fileURLToPath(import.meta.url)],
  environment: process.env,
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  onInterrupt(listener) {
    const hear = (signal: 'SIGINT' | 'SIGTERM') => {
      signals += 1;
      if (signals === patience) process.exit(130);
      listener(signal);
    };
    process.on('SIGINT', hear).on('SIGTERM', hear);
    return () => void process.off('SIGINT', hear).off('SIGTERM', hear);
  },
  setExitStatus(status) {
    process.exitCode = status;
  },
  parts: {
    async settings() {
      const [{ serverSettings }, { agentSettings }] = await Promise.all([
        import('../server/settings.ts'),
        import('../agent/settings.ts'),
      ]);
      return { server: serverSettings, agent: agentSettings };
    },
    async startServer(sources) {
      const { start } = await import('../server/main.ts');
      return start(sources);
    },
  },
};

// A reader that has seen enough, as in `attune execution list | head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

// Never rejects. The sealed command is one CommonJS file, so there is no await at the top.
void runProgram(process.argv.slice(2), context);
