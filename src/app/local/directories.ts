import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where Switchback keeps what can be made again: `<XDG_CACHE_HOME or ~/.cache>/switchback`. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  return join(base(env, 'XDG_CACHE_HOME', '.cache'), 'switchback');
}

/** Where Switchback keeps what is running: `<XDG_STATE_HOME or ~/.local/state>/switchback`. */
export function stateDirectory(env: NodeJS.ProcessEnv): string {
  return join(base(env, 'XDG_STATE_HOME', '.local/state'), 'switchback');
}

/** The XDG specification says that a relative path in these variables is ignored. */
function base(env: NodeJS.ProcessEnv, variable: string, below: string): string {
  const named = env[variable];
  return named && isAbsolute(named) ? named : join(env.HOME || homedir(), below);
}
