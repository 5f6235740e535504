import { resolve } from 'node:path';
import { environmentIn, partsOf } from '../client/rollout-id.js';
import type { Environment } from '../config/config.js';
import { configurationFile } from './configuration-file.js';
import { Refusal, Unreachable } from '../client/client.js';
import { rootMessage } from '../../activities/temporal/failures.js';
import type { Records } from '../../activities/records/records.js';
import type { Io } from './io.js';

/** The option of every command that reads the records. */
export interface RecordsOptions {
  readonly config?: string;
}

/**
 * Reads the records of the environment of a rollout, of locks, or of a sentinel. A directory of records is served meanwhile.
 *
 * @param config the configuration file; when absent the local stack's, else the one in the working directory
 * @throws Refusal when there is no configuration, or none of the environment
 */
export async function withRecords<T>(
  id: string,
  options: RecordsOptions,
  io: Io,
  work: (records: Records) => Promise<T>,
): Promise<T> {
  const { name, environment } = await configuredFor(id, options, io);
  return withRecordsOf(name, environment, io, work);
}

/** The environment of a rollout, of locks, or of a sentinel, as the configuration says. */
export async function configuredFor(id: string, { config }: RecordsOptions, io: Io) {
  const file = await configurationFile(config, io);
  const name = partsOf(id)?.environment ?? environmentIn(id) ?? 'local';
  const { environmentOf, readConfiguration } = await import('../config/config.js');
  return { name, environment: environmentOf(await readConfiguration(file), name) };
}

/** The same of an environment whose configuration has been read. */
export async function withRecordsOf<T>(
  name: string,
  environment: Environment,
  io: Io,
  work: (records: Records) => Promise<T>,
): Promise<T> {
  const served = await serve(name, environment, io);
  const { openRecords } = await import('../../activities/records/records.js');
  const records = openRecords(served.url);
  try {
    return await work(records);
  } catch (error) {
    throw await inWords(error, name, served.url);
  } finally {
    await records.close();
    await served.release();
  }
}

/** Where the records of an environment are served; those in a directory by a PostgreSQL that is found or started. */
export async function serve(
  name: string,
  environment: Pick<Environment, 'records'>,
  io: Io,
): Promise<{ readonly url: string; release(): Promise<void> }> {
  const { recordsUrlOf } = await import('../config/config.js');
  const url = recordsUrlOf(environment);
  if (url !== undefined) return { url, release: () => Promise.resolve() };
  const { useRecordsServer } = await import('../local/records-server.js');
  const onProgress = (line: string) => void io.stderr.write(`${line}\n`);
  return useRecordsServer(resolve(io.cwd, environment.records as string), name, onProgress);
}

/** PostgreSQL's names of a schema and a table that are not there. */
const missing = ['3F000', '42P01'];

/** An error of the records in the words of their users; a refusal stays as it is. */
export async function inWords(error: unknown, name: string, url: string): Promise<unknown> {
  if (!(error instanceof Error) || error.name === 'Refusal') return error;
  const { placeOf } = await import('../../activities/records/database.js');
  if (missing.includes((error as { code?: string }).code ?? '')) {
    const fix = `start a worker, or: switchback records migrate --env ${name}`;
    return new Refusal(`records at ${placeOf(url)}`, 'have never been used', fix);
  }
  return new Unreachable(`the records at ${placeOf(url)} cannot be read: ${rootMessage(error)}`);
}
