import { stripVTControlCharacters } from 'node:util';
import { run } from '../../../apps/cli/run.js';
import type { Io } from '../../../apps/cli/io.js';

/** What a command left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of stdout, read as JSON. */
  json<T = Record<string, unknown>>(): T;
}

export interface ConsoleOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Whether both streams are terminals. */
  readonly tty?: boolean;
  /** What whoever sits at the terminal answers; nobody does when absent. */
  readonly confirm?: (question: string) => boolean;
  /** Given what acts as Ctrl-C. */
  readonly onListening?: (interrupt: () => void) => void;
}

/** Runs a command in this process, with streams of its own and none of this machine's settings. */
export async function switchback(args: readonly string[], options: ConsoleOptions = {}): Promise<Ran> {
  const { env = {}, cwd = process.cwd(), tty = false, confirm, onListening } = options;
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    isTTY: tty,
    columns: 100,
    rows: 60,
    write: (text: string) => (written[name] += text),
  });
  const io: Io = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: { HOME: '/nonexistent', SWITCHBACK_STATE: '/nonexistent/stack.json', ...env },
    cwd,
    onInterrupt(listener) {
      onListening?.(listener);
      return () => undefined;
    },
    ...(confirm && { confirm: (question: string) => Promise.resolve(confirm(question)) }),
  };
  const code = await run(args, io);
  return {
    code,
    ...written,
    json<T>() {
      const last = written.stdout.trimEnd().split('\n').at(-1);
      if (!last) throw new Error(`it wrote nothing to stdout, and to stderr: ${written.stderr}`);
      return JSON.parse(last) as T;
    },
  };
}

/** Text without colours and cursor movements. */
export function plain(text: string): string {
  return stripVTControlCharacters(text);
}
