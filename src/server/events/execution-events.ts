import type { Sql } from '../../store/connect.ts';
import { listen, type Payloads } from '../../store/notify.ts';
import type { ExecutionEnd } from '../../store/executions/end-notice.ts';
import { createWatchers, type Watcher } from './watchers.ts';

export type ExecutionChange = Omit<Payloads['attune_execution'], 'end'>;

/** News of executions: one listener for the whole server, however many clients wait. */
export interface ExecutionEvents {
  /** News of the end of an execution, also when it came a moment ago: so a reader may look first and watch then. */
  watchState(id: number): Watcher<ExecutionEnd>;
  /** News of the log of an execution, and of its end. To be watched before the log is read. */
  watchOutput(id: number): Watcher<never>;
  /**
   * Calls `onChange` with every change of every execution, and `onMissed` when some may have been missed.
   * @returns ends it
   */
  follow(onChange: (change: ExecutionChange) => void, onMissed: () => void): () => void;
  stop(): Promise<void>;
}

/** Far more executions than can end between a look at one and the beginning of the watch for its end. */
const rememberedEnds = 4096;

/** @param onCatalogChange called when packs or actions changed, or may have */
export async function listenToExecutions(sql: Sql, onCatalogChange: () => void): Promise<ExecutionEvents> {
  const states = createWatchers<ExecutionEnd>(rememberedEnds);
  const outputs = createWatchers(0);
  const followers = new Set<{ onChange: (change: ExecutionChange) => void; onMissed: () => void }>();
  const listening = await Promise.all([
    listen(
      sql,
      'attune_execution',
      ({ end, ...change }) => {
        states.tell(change.execution, end);
        outputs.tell(change.execution);
        followers.forEach(({ onChange }) => onChange(change));
      },
      () => {
        states.tellAll();
        outputs.tellAll();
        followers.forEach(({ onMissed }) => onMissed());
      },
    ),
    listen(sql, 'attune_log', ({ execution }) => outputs.tell(execution)),
    listen(sql, 'attune_catalog', onCatalogChange, onCatalogChange),
  ]);
  return {
    watchState: states.watch,
    watchOutput: outputs.watch,
    follow(onChange, onMissed) {
      const follower = { onChange, onMissed };
      followers.add(follower);
      return () => followers.delete(follower);
    },
    async stop() {
      await Promise.all(listening.map((one) => one.stop()));
    },
  };
}
