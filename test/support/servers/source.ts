/** A running server of the tests. `url` names its administrator. */
export interface Server {
  readonly url: string;
  /** RabbitMQ only: its HTTP API, with credentials. */
  readonly managementUrl?: string;
  stop(): Promise<void>;
}

/** One way to get a server. */
export interface Source {
  readonly name: string;
  /** Quick and without traces: whether `start` is worth a try on this machine. */
  available(): Promise<boolean>;
  start(): Promise<Server>;
}

/** Starts from the first source that works; the error tells what became of each of them. */
export async function startFrom(sources: readonly Source[]): Promise<Server> {
  const problems: string[] = [];
  for (const source of sources) {
    if (!(await source.available())) continue;
    try {
      return await source.start();
    } catch (error) {
      problems.push(`${source.name}: ${String(error)}`);
    }
  }
  throw new Error(`no server could be started: ${problems.join('; ') || 'no source is available'}`);
}

/** Whether any of the sources is worth a try. */
export async function anyAvailable(sources: readonly Source[]): Promise<boolean> {
  const answers = await Promise.all(sources.map((source) => source.available()));
  return answers.includes(true);
}
