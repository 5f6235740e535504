/** Where a command writes. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** What a command has of its process; tests bring their own. */
export interface Io {
  /** Results, and nothing else. */
  readonly stdout: Output;
  /** Progress, warnings and errors. */
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Calls the listener at Ctrl-C; answers what takes it away again. */
  onInterrupt(listener: () => void): () => void;
  /** Asks whoever sits at the terminal for a yes; absent where nobody does, as in a script. */
  confirm?(question: string): Promise<boolean>;
}

/** The real process. */
export function processIo(): Io {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    onInterrupt(listener) {
      process.once('SIGINT', listener);
      return () => void process.off('SIGINT', listener);
    },
    ...(process.stdin.isTTY && process.stderr.isTTY && { confirm: confirmHere }),
  };
}

/** Anything but a yes is a no, also Ctrl-C. */
async function confirmHere(question: string): Promise<boolean> {
  const { confirm } = await import('@clack/prompts');
  return (await confirm({ message: question, output: process.stderr, initialValue: false })) === true;
}
