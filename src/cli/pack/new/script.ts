import type { ParameterDelivery } from '../../../contract/action.ts';

/**
 * A first script in some language: it takes `name` and `shout`, and prints `{"greeting": …}`. Where the language itself reads JSON,
 * parameters come on standard input; else as variables.
 */
export interface Script {
  /** Canonical name of the runtime. */
  readonly runtime: string;
  /** Of the file, without a dot. */
  readonly extension: string;
  readonly delivery: Extract<ParameterDelivery, 'stdin' | 'env'>;
  readonly text: string;
}
