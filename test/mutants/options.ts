import { parseArgs } from 'node:util';

/** How `npm run drill:mutants` was called. */
export interface MutantOptions {
  readonly output: 'text' | 'json';
  /** The drill environment whose next records say when each drill was last seen red. */
  readonly env?: string;
  readonly config: string;
}

export const usage = `npm run drill:mutants -- [-o text|json] [--env NAME] [--config FILE]

Spoils each way back of each runbook in runbooks/, one at a time: it is removed, it says that it succeeded and does
nothing, it puts back what the act itself left. Drills each on this machine, with the SQL on a real PostgreSQL, and
expects every drill to turn red. Ends with 1 when one stays green.

  --env NAME     a drill environment: its next records say when each drill was last seen red
  --config FILE  its configuration (default: switchback.config.json)
`;

/** Reads the arguments; undefined when help is wanted. Throws a `TypeError` for what it does not know. */
export function readOptions(args: readonly string[]): MutantOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      output: { type: 'string', short: 'o', default: 'text' },
      env: { type: 'string' },
      config: { type: 'string', default: 'switchback.config.json' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { output, help, config, env } = values;
  if (help) return undefined;
  if (output !== 'text' && output !== 'json') throw new TypeError(`-o ${output}: is neither text nor json`);
  return { output, config, ...(env !== undefined && { env }) };
}
