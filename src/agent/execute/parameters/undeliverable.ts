import { AttuneError } from '../../../shared/errors.ts';

/** A parameter that its delivery has no spelling for. Names the parameter, never its value. */
export function undeliverable(name: string, problem: string, means: string): AttuneError {
  return new AttuneError(
    'undeliverable_parameters',
    `Parameter ${JSON.stringify(name)} ${problem}, so it can't be delivered as ${means}: use parameter_delivery "stdin" with parameter_format "json" or "yaml"`,
  );
}
