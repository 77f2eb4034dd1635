import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A wheel of a package `greeter`, made by hand: a wheel is a zip with two files that describe it. */
export function makeWheel(folder: string): string {
  const name = 'greeter-1.0-py3-none-any.whl';
  const script = [
    'import sys, zipfile',
    'with zipfile.ZipFile(sys.argv[1], "w") as wheel:',
    '    wheel.writestr("greeter.py", "def greet(): return \'hello\'\\n")',
    '    wheel.writestr("greeter-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: greeter\\nVersion: 1.0\\n")',
    '    wheel.writestr("greeter-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")',
    '    wheel.writestr("greeter-1.0.dist-info/RECORD", "")',
  ].join('\n');
  execFileSync('python3', ['-c', script, join(folder, name)]);
  return join(folder, name);
}
