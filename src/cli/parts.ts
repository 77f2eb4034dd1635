import type { Sources } from '../shared/config/read.ts';
import type { Settings } from '../shared/config/setting.ts';

/** A control plane that runs in this process. */
export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** What the command line knows of the other parts of Attune; `main.ts` joins them. Each is loaded when first asked for. */
export interface Parts {
  /** The settings of every part, by its name. */
  settings(): Promise<Readonly<Record<'server' | 'agent', Settings>>>;
  /** @throws AttuneError `invalid_configuration`, and whatever keeps a server from starting */
  startServer(sources: Sources): Promise<RunningServer>;
}
