import { Command } from 'commander';
import { vi } from 'vitest';
import { readOptions as readBenchOptions } from '../../bench/options.js';
import { readOptions as readDrillOptions } from '../../demo/drill/options.js';
import { readOptions } from '../../demo/run/options.js';
import { run } from '../../apps/cli/run.js';
import { runCommand } from '../../apps/local/commands.js';
import { provideTemporalCli } from '../../apps/local/temporal-binary.js';
import { switchback } from '../apps/cli/console.js';

/** Commands that are too big to run here, and where they are run instead. */
export const runElsewhere: Readonly<Record<string, string>> = {
  'npm ci': '.ci/run',
  'npm run demo': '.ci/run',
  'npm test': '.ci/run',
  'npm run check': '.ci/run, as its two halves',
};

/** The command lines of a shell block: one a line, those joined by `&&` each. */
export function commandLines(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => line.split('&&'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** What is wrong with a command line, or undefined. */
export async function faultOfCommand(line: string): Promise<string | undefined> {
  if (line in runElsewhere) return undefined;
  const [program, ...args] = wordsOf(line).filter((_word, index, all) => !isSetting(all, index));
  if (program === 'npx' && args[0] === 'switchback') return faultOfSwitchback(args.slice(1));
  if (program === 'npm' && args.slice(0, 3).join(' ') === 'run demo --') return faultOfDemo(args.slice(3));
  if (program === 'npm' && args.slice(0, 3).join(' ') === 'run drill:demo --')
    return faultOfDemo(args.slice(3), readDrillOptions);
  if (program === 'npm' && args.slice(0, 3).join(' ') === 'run bench --') return faultOfBench(args.slice(3));
  if (program === 'temporal') return faultOfTemporal(args);
  return `nobody knows how to check it; teach test/docs, or name in runElsewhere where it is run`;
}

/** `NAME=value` in front of the program. */
function isSetting(words: readonly string[], index: number): boolean {
  return words.slice(0, index + 1).every((word) => /^[A-Z_]+=/.test(word));
}

/** Words as a shell splits them; of quotes only single ones are known. */
export function wordsOf(line: string): string[] {
  if (/["$`\\|<>;*?~]/.test(line.replace(/'[^']*'/g, ''))) throw new Error(`${line}: use single quotes only`);
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}

async function faultOfSwitchback(args: readonly string[]): Promise<string | undefined> {
  const [command] = args;
  const fault = await faultOfParsing(args);
  if (fault !== undefined) return fault;
  // What needs no server is really run; what starts a runbook has to name one that takes these parameters.
  const runnable = command === 'plan' || args.includes('--help') || command === 'help';
  const tried = runnable ? args : command === 'start' ? ['plan', ...planPart(args.slice(1))] : undefined;
  if (!tried) return undefined;
  const ran = await switchback(tried);
  return ran.code === 0 ? undefined : ran.stderr.trim();
}

function planPart(args: readonly string[]): string[] {
  return args.filter((word, index) => index === 0 || word === '--param' || args[index - 1] === '--param');
}

/**
 * Parses with the real program whose actions were taken away: nothing is started and nobody is asked. The program is
 * caught on its way, for it is built for each run.
 */
export async function faultOfParsing(args: readonly string[]): Promise<string | undefined> {
  const original = Command.prototype.parseAsync;
  const spy = vi.spyOn(Command.prototype, 'parseAsync').mockImplementation(function (
    this: Command,
    ...given: Parameters<Command['parseAsync']>
  ) {
    disarm(this);
    return original.apply(this, given);
  });
  let stderr = '';
  try {
    const code = await run(args, {
      stdout: { write: () => true },
      stderr: { write: (text) => (stderr += text) },
      env: {},
      cwd: process.cwd(),
      onInterrupt: () => () => undefined,
    });
    return code === 0 ? undefined : stderr.trim() || `it ends with ${code}`;
  } finally {
    spy.mockRestore();
  }
}

function disarm(command: Command): void {
  if (command.parent) command.action(() => undefined);
  command.commands.forEach(disarm);
}

function faultOfDemo(
  args: readonly string[],
  read: (args: readonly string[]) => unknown = readOptions,
): string | undefined {
  try {
    read(args);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function faultOfBench(args: readonly string[]): string | undefined {
  let stderr = '';
  const written = { write: (text: string) => (stderr += text) };
  try {
    readBenchOptions(args, { stdout: written, stderr: written });
    return undefined;
  } catch {
    return stderr.trim();
  }
}

/** Temporal's own program has understood a command when all it misses is a server; each version says so in its words. */
async function faultOfTemporal(args: readonly string[]): Promise<string | undefined> {
  const { path } = await provideTemporalCli({ onProgress: () => undefined });
  const nowhere = ['--address', '127.0.0.1:1', '--command-timeout', '5s'];
  const { reason = 'it ended well without a server' } = await runCommand(path, [...args, ...nowhere]);
  return /reach|connect|nothing is listening/i.test(reason) ? undefined : reason;
}
