import { stringify } from 'yaml';
import type { ParameterFormat } from '../../../contract/action.ts';
import type { JsonObject } from '../../../contract/parameter-schema.ts';
import { renderDotenv } from './render-dotenv.ts';

/**
 * The document that an action reads: the parameters in its format, ended by one newline.
 * @throws AttuneError `undeliverable_parameters` where a name or value has no spelling in dotenv
 */
export function renderParameters(parameters: JsonObject, format: ParameterFormat): string {
  return renderers[format](parameters);
}

const renderers: Record<ParameterFormat, (parameters: JsonObject) => string> = {
  json: (parameters) => `${JSON.stringify(parameters)}\n`,
  yaml: (parameters) => stringify(parameters, yamlOptions),
  dotenv: renderDotenv,
};

/** Readers of YAML 1.1 must see the same strings (`no`, `12:30`), and nothing may depend on trailing blank lines. */
const yamlOptions = {
  compat: 'yaml-1.1',
  blockQuote: false,
  lineWidth: 0,
  aliasDuplicateObjects: false,
} as const;
