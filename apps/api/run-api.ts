import { startApi } from './api.js';
import type { ApiOptions } from './options.js';

/** Serves until this process is told to end; then those who are being answered are answered. */
export async function runApi(options: ApiOptions): Promise<void> {
  const api = await startApi(options);
  options.log(`${options.environment} is served at ${api.url}; its document: ${api.url}/openapi.json`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await api.close();
}
