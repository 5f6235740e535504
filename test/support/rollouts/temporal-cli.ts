import { inject } from 'vitest';
import { runCommand } from '../../../src/app/local/commands.js';
import { provideTemporalCli } from '../../../src/app/local/temporal-binary.js';

/** Runs Temporal's own CLI against the server of this run. Throws what it says when it fails. */
export async function temporalCli(...args: string[]): Promise<void> {
  const { path } = await provideTemporalCli({ onProgress: () => undefined });
  const { reason } = await runCommand(path, [...args, '--address', inject('temporalAddress')]);
  if (reason !== undefined) throw new Error(`temporal ${args.join(' ')}: ${reason}`);
}
