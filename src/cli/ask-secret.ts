import { createInterface } from 'node:readline/promises';
import { Writable, type Readable } from 'node:stream';
import { AttuneError } from '../shared/errors.ts';

/**
 * Asks a person at a terminal for a secret, which does not appear there.
 * @throws AttuneError `invalid_arguments` when the person gives up with Ctrl-C or Ctrl-D
 */
export async function askSecret(question: string, input: Readable, output: Writable): Promise<string> {
  output.write(question);
  // Line editing works, and echoes into nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true });
  const givenUp = new AbortController();
  lines.once('SIGINT', () => givenUp.abort()).once('close', () => givenUp.abort());
  try {
    return await lines.question('', { signal: givenUp.signal });
  } catch (error) {
    throw new AttuneError('invalid_arguments', 'No value was given', { cause: error });
  } finally {
    lines.close();
    output.write('\n');
  }
}
