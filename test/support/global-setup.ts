import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removePostgres } from '../../apps/local/postgres-place.js';
import { startPostgres } from '../../apps/local/postgres-server.js';
import { provideTemporalCli } from '../../apps/local/temporal-binary.js';
import { startTemporal } from '../../apps/local/temporal-server.js';
import { searchAttributes } from '../../activities/temporal/search-attributes.js';
import './servers.js';
import { onSuddenEnd, interrupt } from './sudden-end.js';

/**
 * One Temporal dev server and one PostgreSQL for the whole run. With TEMPORAL_ADDRESS set, that server is
 * used instead, and must know the search attributes.
 *
 * @returns what ends them
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'switchback-test-'));
  // As root the server runs as another user, who must reach its data below this directory.
  await chmod(dir, 0o711);
  const onProgress = (line: string) => process.stderr.write(`${line}\n`);
  const servers: { pid: number; stop(): Promise<void> }[] = [];
  const release = onSuddenEnd(() => servers.forEach(({ pid }) => interrupt(pid)));
  const tearDown = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    release();
    await removePostgres(join(dir, 'postgres'));
    await rm(dir, { recursive: true, force: true });
  };

  const temporal = async () => {
    const { path } = await provideTemporalCli({ onProgress });
    project.provide('temporalCli', path);
    const given = process.env.TEMPORAL_ADDRESS;
    if (given) return given;
    const server = await startTemporal({ executable: path, dir, searchAttributes });
    servers.push(server);
    return server.address;
  };
  const postgres = async () => {
    const postgresFlags = ['-c', 'fsync=off', '-c', 'max_connections=300'];
    const server = await startPostgres({ dir: join(dir, 'postgres'), postgresFlags, onProgress });
    servers.push(server);
    return server.url;
  };
  // Both must have settled before either is torn down.
  const [address, url] = await Promise.allSettled([temporal(), postgres()]);
  if (address.status === 'rejected' || url.status === 'rejected') {
    await tearDown();
    throw address.status === 'rejected' ? address.reason : (url as PromiseRejectedResult).reason;
  }
  project.provide('temporalAddress', address.value);
  project.provide('postgresUrl', url.value);
  return tearDown;
}
