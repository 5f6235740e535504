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

/** Where Switchback keeps what this user wrote or signed in with: `<XDG_CONFIG_HOME or ~/.config>/switchback`. */
export function configDirectory(env: NodeJS.ProcessEnv): string {
  return join(base(env, 'XDG_CONFIG_HOME', '.config'), 'switchback');
}

/** The XDG specification says that a relative path in these variables is ignored. */
function base(env: NodeJS.ProcessEnv, variable: string, below: string): string {
  const named = env[variable];
  return named && isAbsolute(named) ? named : join(env.HOME || homedir(), below);
}
