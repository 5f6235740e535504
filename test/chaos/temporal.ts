import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../apps/local/ports.js';
import { startTemporal } from '../../apps/local/temporal-server.js';
import { searchAttributes } from '../../activities/temporal/search-attributes.js';
import { remember } from './running.js';

/** A Temporal server that keeps its workflows when it is killed. */
export interface CrashingServer {
  /** `host:port`, the same after a restart. */
  readonly address: string;
  /** Ends it as kill -9 does. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server of one run's own, by the `temporal` CLI. */
export async function startCrashingServer(executable: string): Promise<CrashingServer> {
  const dir = await mkdtemp(join(tmpdir(), 'switchback-chaos-temporal-'));
  let ports = await freePorts(2);
  let started = false;
  const start = () =>
    startTemporal({
      executable,
      dir,
      dbFile: join(dir, 'temporal.db'),
      searchAttributes,
      // Whoever is connected comes back to the same address: only before the first start may it be another.
      choosePorts: async () => (started ? ports : (ports = await freePorts(2))),
    });
  let server = await start();
  started = true;
  return {
    address: server.address,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
    },
    async restart() {
      server = await start();
    },
    close: remember(async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    }),
  };
}
