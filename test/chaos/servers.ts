import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOrNone, endAll } from '../../apps/local/beginnings.js';
import { removePostgres } from '../../apps/local/postgres-place.js';
import { startPostgres } from '../../apps/local/postgres-server.js';
import { provideTemporalCli } from '../../apps/local/temporal-binary.js';
import { startTemporal } from '../../apps/local/temporal-server.js';
import { searchAttributes } from '../../activities/temporal/search-attributes.js';
import { bundleWorkflows } from '../../apps/worker/workflow-bundle.js';
import type { Servers } from './stage.js';

/** Servers of ours, in a directory that is removed with them. */
export interface OwnServers extends Servers {
  /** The `temporal` CLI. */
  readonly executable: string;
  stop(): Promise<void>;
}

/** Starts Temporal and PostgreSQL, and bundles the workflows; what was started is stopped again when a part fails. */
export async function startServers(onProgress: (line: string) => void): Promise<OwnServers> {
  const started: (() => Promise<void>)[] = [];
  const stop = () => endAll(started);
  try {
    const dir = await mkdtemp(join(tmpdir(), 'switchback-chaos-servers-'));
    started.push(() => rm(dir, { recursive: true, force: true }));
    // As root the database runs as another user, who must reach its data below this directory.
    await chmod(dir, 0o711);
    const temporal = async () => {
      const { path } = await provideTemporalCli({ onProgress });
      const server = await startTemporal({ executable: path, dir, searchAttributes });
      started.push(server.stop);
      return { temporal: server.address, executable: path };
    };
    const postgres = async () => {
      const home = join(dir, 'postgres');
      const postgresFlags = ['-c', 'fsync=off', '-c', 'max_connections=300'];
      const server = await startPostgres({ dir: home, postgresFlags, onProgress });
      started.push(async () => {
        await server.stop();
        await removePostgres(home);
      });
      return server.url;
    };
    const [one, url, bundle] = await allOrNone([temporal(), postgres(), bundleInto(dir)]);
    return { ...one, postgres: url, bundle, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Bundles the workflows once for all workers: it takes seconds of a core. Answers the file. */
export async function bundleInto(dir: string): Promise<string> {
  const { code } = await bundleWorkflows();
  const file = join(dir, 'workflows.js');
  await writeFile(file, code);
  return file;
}
