import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { print, type Context, type OutputOptions, type Register } from '../context.js';
import { withOutput } from '../options.js';
import { registerDoorKeyRevoke } from './door-key-revoke.js';

interface CreateOptions extends OutputOptions {
  readonly door: string;
}

/** `switchback door-key`: the keys with which doors sign. */
export const registerDoorKey: Register = (program, context) => {
  const keys = program.command('door-key').description('the keys with which doors sign what people decide');
  registerCreate(keys, context);
  registerDoorKeyRevoke(keys, context);
};

function registerCreate(keys: Command, context: Context): void {
  withOutput(keys.command('create'))
    .description('make a key: it is shown once, with the entry that the configuration needs; needs no server')
    .option('--door <name>', 'whose key it is', 'api')
    .action((options: CreateOptions) => create(options, context));
}

async function create(options: CreateOptions, context: Context): Promise<void> {
  const { door } = options;
  const { makeDoorKey } = await import('../../../activities/identity/door-key.js');
  const { kid, secret, x } = await makeDoorKey(freshKid());
  const entry = { kid, x };
  print(context, options, { door, kid, secret, entry }, textOf(door, secret, entry));
}

/** By its day, people see which of two keys is the older. */
function freshKid(): string {
  return `${new Date().toISOString().slice(0, 10)}-${randomBytes(3).toString('hex')}`;
}

function textOf(door: string, secret: string, entry: object): string {
  return [
    `The private key of door ${door}. It is shown this once: set the variable that "door" names on the machine that`,
    'runs the door, and give it to nobody else. Whoever has it decides in the name of everybody.',
    '',
    secret,
    '',
    `Add its public half to identity.doors.${door}.keys, for doors and workers, before the door signs with it:`,
    '',
    JSON.stringify(entry),
  ].join('\n');
}
