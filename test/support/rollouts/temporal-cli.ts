import { inject } from 'vitest';
import { runCommand } from '../../../apps/local/commands.js';

/** Runs Temporal's own CLI against the server of this run, and answers what it prints. Throws what it says when it fails. */
export async function temporalCli(...args: string[]): Promise<string> {
  const options = [...args, '--address', inject('temporalAddress')];
  const { reason, stdout } = await runCommand(inject('temporalCli'), options);
  if (reason !== undefined) throw new Error(`temporal ${args.join(' ')}: ${reason}`);
  return stdout;
}

/** The same, for a command that prints JSON. */
export async function temporalJson<T>(...args: string[]): Promise<T> {
  return JSON.parse(await temporalCli(...args, '-o', 'json')) as T;
}
