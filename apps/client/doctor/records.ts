import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { placeOf } from '../../../activities/records/database.js';
import { examineRecords } from '../../../activities/records/migrations/migrate.js';
import { environmentOf, readConfiguration, recordsUrlOf } from '../../config/config.js';
import { markedWorkers } from '../../../activities/temporal/worker-identity.js';
import { fail, ok, type Check, type Examined, type Finding } from './check.js';
import { isThere } from './configuration.js';

/** Whether captures, evidence and journals can be kept, and all workers keep them at the same place. */
export const records: Check = {
  name: 'records',
  looksAt: 'the database of captures, evidence and journals, and whether all workers have the same',
  look: async (examined) => [...(await placeFindings(examined)), ...(await markFindings(examined))],
};

async function placeFindings({ config, environment }: Examined): Promise<Finding[]> {
  if (!(await isThere(config))) return [ok('not looked into: there is no configuration here')];
  const configured = environmentOf(await readConfiguration(config), environment);
  const url = recordsUrlOf(configured);
  return url === undefined ? directoryFindings(configured.records as string) : databaseFindings(url);
}

async function databaseFindings(url: string): Promise<Finding[]> {
  const place = placeOf(url);
  const found = await examineRecords(url).catch((error: Error) => error);
  if (found instanceof Error) {
    const fix = 'see whether it runs, and the url and its rights; until then nothing goes forward';
    return [fail(`${place} cannot be used: ${found.message}`, fix)];
  }
  if (found.missing.length === 0) return [ok(`${place} has the schema of this build`)];
  return [ok(`${place} lacks ${found.missing.join(', ')}: the next worker that starts brings it`)];
}

async function directoryFindings(directory: string): Promise<Finding[]> {
  if (!(await isThere(directory))) return [ok(`${directory} is made when it is needed`)];
  return access(directory, constants.R_OK | constants.W_OK).then(
    () => [ok(`${directory} can be read and written`)],
    () => [
      fail(`${directory} cannot be written by this user`, 'give it to the user that the worker runs as'),
    ],
  );
}

async function markFindings({ client, environment }: Examined): Promise<Finding[]> {
  const { namespace } = client.options;
  const workers = await markedWorkers({ workflowService: client.workflowService, namespace }, environment);
  const marks = new Set(workers.map(({ mark }) => mark));
  if (marks.size < 2) return [];
  const found = `its workers keep ${marks.size} different records: ${workers.map(({ name }) => name).join(', ')}`;
  return [fail(found, 'give all workers the same url under "records"')];
}
