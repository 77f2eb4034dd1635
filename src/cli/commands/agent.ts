import type { Command } from 'commander';
import * as z from 'zod';
import { globalOptions, onCall, printJson } from '../call.ts';
import type { Context } from '../context.ts';
import { makeKeys, signatureFile, signFile, verifyFile } from '../signature.ts';

export function define(command: Command, context: Context): void {
  defineKeygen(command.command('keygen'), context);
  defineSign(command.command('sign'), context);
  defineVerify(command.command('verify'), context);
  command.addHelpText('after', `\n${explanation}\n${examples}`);
}

const explanation = `
A signature is the 64 bytes of Ed25519 over the whole file, beside it as <file>.sig; keys are PEM. A server
hands the signature out with the agent, so that a worker's owner can tell who built what was downloaded.
"openssl pkeyutl -verify -rawin" understands both.`;

const examples = `
Examples:
  attune agent keygen release
  attune agent sign dist/attune-agent-x86_64 --key release.key
  attune agent verify dist/attune-agent-x86_64 --key release.pub`;

function defineKeygen(command: Command, context: Context): void {
  command
    .description('make a pair of keys: <name>.key to sign, for you alone, and <name>.pub to verify')
    .argument('[name]', 'path of both files without their endings', 'attune-agent')
    .addHelpText('after', '\nExamples:\n  attune agent keygen\n  attune agent keygen ~/keys/release');
  onCall(command, { context, schema: globalOptions }, async ({ words: [name = 'attune-agent'], options }) => {
    const keys = await makeKeys(name);
    if (options.json) printJson(context, { private_key: keys.privateKey, public_key: keys.publicKey });
    else context.output.write(`Keep ${keys.privateKey} to yourself, and give ${keys.publicKey} away.\n`);
  });
}

const withKey = globalOptions.extend({ key: z.string() });

function defineSign(command: Command, context: Context): void {
  command
    .description('sign a file: writes <file>.sig')
    .argument('<file>', 'the agent')
    .requiredOption('--key <file>', 'the private key')
    .addHelpText('after', '\nExamples:\n  attune agent sign dist/attune-agent-x86_64 --key release.key');
  onCall(command, { context, schema: withKey }, async ({ words: [file = ''], options }) => {
    const signature = await signFile(file, options.key);
    if (options.json) printJson(context, { file, signature });
    else context.output.write(`Signed: ${signature}\n`);
  });
}

function defineVerify(command: Command, context: Context): void {
  command
    .description('verify the signature of a file; exit status 1 where it is not right')
    .argument('<file>', 'the agent')
    .requiredOption('--key <file>', 'the public key')
    .option('--signature <file>', 'the signature (default: <file>.sig)')
    .addHelpText(
      'after',
      '\nExamples:\n  attune agent verify ./attune-agent --key release.pub --signature agent.sig',
    );
  const schema = withKey.extend({ signature: z.string().optional() });
  onCall(command, { context, schema }, async ({ words: [file = ''], options }) => {
    const { key, signature = signatureFile(file) } = options;
    await verifyFile({ file, key, signature });
    if (options.json) printJson(context, { file, signature, valid: true });
    else context.output.write(`${file} is what the owner of the key signed.\n`);
  });
}
