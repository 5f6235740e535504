import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { chaos } from './chaos.js';
import { readOptions, usage, UsageError, type ChaosOptions } from './options.js';
import { describeAll, summarise } from './report.js';
import type { Result } from './runs.js';
import { endRunning } from './running.js';
import { startServers } from './servers.js';

const log = (line: string) => void process.stderr.write(`${line}\n`);

/** On servers of its own, and in one directory: both are gone afterwards, also when it is interrupted. */
async function runChaos(options: ChaosOptions): Promise<Result[]> {
  const dir = await mkdtemp(join(tmpdir(), 'switchback-chaos-'));
  // As root the database runs as another user, who must reach its data below this directory.
  await chmod(dir, 0o711);
  process.env.TMPDIR = dir;
  log('Starting Temporal and PostgreSQL');
  const starting = startServers(log);
  const end = async () => {
    await endRunning();
    await starting.then((servers) => servers.stop()).catch(() => undefined);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  const interrupt = () => void end().then(() => process.exit(130));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const servers = await starting;
    return await chaos(options, { servers, executable: servers.executable }, log);
  } finally {
    await end();
  }
}

function beQuiet(): void {
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter } },
    shutdownSignals: [],
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(usage);
    process.exit(0);
  }
  beQuiet();
  const results = await runChaos(options);
  const summary = summarise(results);
  process.stdout.write(`${options.json ? JSON.stringify(summary) : describeAll(results)}\n`);
  process.exit(summary.different.length === 0 ? 0 : 1);
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof UsageError ? 2 : 1);
}
