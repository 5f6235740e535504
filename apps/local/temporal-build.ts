import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The newest version whose modules are all to be had: later ones need one that was never published. */
const cliVersion = '1.5.1';
/** The one it was made for can stay interrupted for ever by a call that was cut short, and with it the whole server. */
const sqliteVersion = '1.51.0';

/** Names what `buildTemporal` builds. */
export const goBuildVersion = `${cliVersion}-sqlite-${sqliteVersion}`;

const cli = 'github.com/temporalio/cli';
const goModule = `module switchback/temporal

go 1.25.0

require (
	${cli} v${cliVersion}
	modernc.org/sqlite v${sqliteVersion}
)
`;

const PROGRESS_EVERY_MS = 3_000;
const ERROR_LINES = 12;

/**
 * Builds the whole Temporal CLI (server and UI in it) with Go: minutes and about 4 GB in Go's own caches
 * the first time, seconds when they are warm.
 *
 * @param options.into where the executable goes; must be empty
 * @returns the executable
 * @throws with the last lines Go wrote when the build fails
 */
export async function buildTemporal(options: {
  go: string;
  into: string;
  env: NodeJS.ProcessEnv;
  onProgress(line: string): void;
}): Promise<string> {
  const { go, into, env, onProgress } = options;
  onProgress(`Temporal CLI ${cliVersion}: building with Go; the first time takes minutes and 4 GB of disk`);
  await writeFile(join(into, 'go.mod'), goModule);
  const child = spawn(
    go,
    ['build', '-mod=mod', '-trimpath', '-ldflags=-s -w', '-o', 'temporal', `${cli}/cmd/temporal`],
    { cwd: into, env: { ...env, GOWORK: 'off', CGO_ENABLED: '0' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const killed = () => child.kill();
  process.once('exit', killed);
  const progress = new Progress(onProgress);
  createInterface(child.stderr).on('line', (line) => progress.heard(line));
  try {
    const end = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) =>
        resolve(code === 0 ? undefined : signal ? `ended by ${signal}` : `exit code ${code}`),
      );
    });
    if (end !== undefined) throw new Error(`go build failed (${end})${progress.lastLines()}`);
    return join(into, 'temporal');
  } finally {
    progress.end();
    process.off('exit', killed);
  }
}

/** Turns what Go writes into a line every few seconds. Go names each module it fetches, and nothing else. */
class Progress {
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #recent: string[] = [];
  #modules = 0;
  #modulesTold = 0;
  readonly #onProgress: (line: string) => void;

  constructor(onProgress: (line: string) => void) {
    this.#onProgress = onProgress;
    this.#timer = setInterval(() => this.#tell(), PROGRESS_EVERY_MS);
  }

  heard(line: string): void {
    if (line.startsWith('go: downloading ')) this.#modules++;
    else if (this.#recent.push(line) > ERROR_LINES) this.#recent.shift();
  }

  lastLines(): string {
    return this.#recent.map((line) => `\n      ${line}`).join('');
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #tell(): void {
    const fetching = this.#modules > this.#modulesTold;
    const phase = fetching ? `fetching modules, ${this.#modules} so far` : 'compiling';
    this.#modulesTold = this.#modules;
    const seconds = Math.round((performance.now() - this.#began) / 1000);
    this.#onProgress(`Temporal CLI ${cliVersion}: ${phase}, ${seconds} s`);
  }
}
