import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../../../apps/local/ports.js';
import { isProgram, stopPid } from '../../../apps/local/processes.js';
import { provideTemporalCli } from '../../../apps/local/temporal-binary.js';
import { startTemporal, type TemporalServerOptions } from '../../../apps/local/temporal-server.js';
import { scratchDirectory, script } from './scratch.js';
import { eventually } from '../../support/eventually.js';

let executable: string;
beforeAll(async () => {
  executable = (await provideTemporalCli({ onProgress: () => undefined })).path;
}, 900_000);

async function start(options: Omit<TemporalServerOptions, 'executable'>) {
  const server = await startTemporal({ executable, ...options });
  onTestFinished(() => server.stop());
  return server;
}

async function searchAttributesOf(address: string, namespace: string): Promise<string[]> {
  const connection = await Connection.connect({ address });
  try {
    const answer = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(answer.customAttributes ?? {});
  } finally {
    await connection.close();
  }
}

test('a server is ready with its namespace, search attributes and UI, and is gone after stop', async () => {
  const dir = await scratchDirectory();
  const server = await start({
    dir,
    ui: true,
    namespace: 'shop',
    searchAttributes: { SwitchbackOwner: 'Keyword' },
  });
  expect(await searchAttributesOf(server.address, 'shop')).toContain('SwitchbackOwner');
  expect((await fetch(server.uiUrl as string)).status).toBe(200);
  await eventually(async () => expect(await readFile(join(dir, 'temporal.log'), 'utf8')).toContain('Server'));
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  expect(await isProgram(server.pid, 'temporal')).toBe(false);
});

test('the database file is served again after a restart', async () => {
  const dir = await scratchDirectory();
  const options = {
    dir,
    dbFile: join(dir, 'temporal.sqlite'),
    namespace: 'shop',
    searchAttributes: { SwitchbackOwner: 'Keyword' },
  } as const;
  await (await start(options)).stop();
  const again = await start(options);
  expect(again.uiUrl).toBeUndefined();
  expect(await searchAttributesOf(again.address, 'shop')).toContain('SwitchbackOwner');
});

test('a port taken by another Temporal server is not mistaken for ours: the next port is tried', async () => {
  const dir = await scratchDirectory();
  const first = await start({ dir: join(dir, 'first') });
  const taken = Number(first.address.split(':')[1]);
  let asked = 0;
  const choosePorts = async () => (asked++ === 0 ? [taken, taken] : await freePorts(2));
  const second = await start({ dir: join(dir, 'second'), choosePorts });
  expect(asked).toBe(2);
  expect(second.address).not.toBe(first.address);
});

test('when every port is taken, the error shows the log', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  onTestFinished(() => void blocker.close());
  const { port } = blocker.address() as AddressInfo;
  const dir = await scratchDirectory();
  await expect(start({ dir, choosePorts: async () => [port, port] })).rejects.toThrow(
    /ended early \(exit code 1\)[^]*address already in use/,
  );
});

test('a server that ends early is an error with the end of its log', async () => {
  const dir = await scratchDirectory();
  const broken = await script(join(dir, 'temporal'), 'echo "disk is made of cheese" >&2', 'exit 3');
  await expect(startTemporal({ executable: broken, dir })).rejects.toThrow(
    /ended early \(exit code 3\).*temporal\.log:\ndisk is made of cheese/,
  );
});

test('an executable that is not there is named', async () => {
  const dir = await scratchDirectory();
  await expect(startTemporal({ executable: join(dir, 'absent'), dir })).rejects.toThrow(
    /cannot run .*absent/,
  );
});

test('a server whose starter is gone is stopped by its pid and port', async () => {
  const server = await start({ dir: await scratchDirectory() });
  const port = server.address.split(':')[1];
  expect(await stopPid(server.pid, 'temporal', 'another mark')).toBe(false);
  expect(await stopPid(server.pid, 'temporal', port)).toBe(true);
  expect(await stopPid(server.pid, 'temporal', port)).toBe(false);
});
