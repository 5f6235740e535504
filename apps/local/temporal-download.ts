import { spawn } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** The service the Temporal SDKs ask where a release of the CLI is. */
export const downloadService = 'https://temporal.download';

/** Long enough for a slow answer, short enough for a machine behind a wall, where Go's proxy may work. */
const PROBE_MS = 3_000;
/** A download that brings no byte for so long is given up. */
const STALL_MS = 30_000;
const PROGRESS_EVERY_MS = 3_000;

const release = z.object({
  archiveUrl: z.url({ protocol: /^https?$/ }),
  // It becomes an argument of tar and a path below our directory.
  fileToExtract: z.string().regex(/^\w[\w.-]*(\/\w[\w.-]*)*$/),
});

/**
 * Downloads the release of the CLI that the Temporal SDK would. (The SDK's own download starts a server
 * with it at once and tells neither path nor progress.)
 *
 * @param options.into an empty directory; nothing but the archive's executable is put there
 * @returns the executable
 * @throws within about 3 s when the service is out of reach; when the archive fails or stalls
 */
export async function downloadTemporal(options: {
  service: string;
  into: string;
  onProgress(line: string): void;
}): Promise<string> {
  const { service, into, onProgress } = options;
  const { archiveUrl, fileToExtract } = await locate(service);
  onProgress(`Temporal CLI: downloading ${archiveUrl}`);
  const stalled = new AbortController();
  const stall = setTimeout(() => stalled.abort(new Error('the download stalled')), STALL_MS);
  try {
    const answer = await fetch(archiveUrl, { signal: stalled.signal });
    if (!answer.ok || answer.body === null) throw new Error(`${archiveUrl} answered ${answer.status}`);
    const total = Number(answer.headers.get('content-length')) || undefined;
    await unpack(
      answer.body,
      fileToExtract,
      into,
      meter(total, onProgress, () => stall.refresh()),
    );
  } catch (error) {
    throw stalled.signal.aborted ? (stalled.signal.reason as Error) : plain(error);
  } finally {
    clearTimeout(stall);
  }
  const file = join(into, fileToExtract);
  await chmod(file, 0o755);
  return file;
}

async function locate(service: string): Promise<z.output<typeof release>> {
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if (arch === undefined) throw new Error(`no release for ${process.arch}`);
  const sdk = createRequire(import.meta.url)('@temporalio/client/package.json') as { version: string };
  const query = new URLSearchParams({
    arch,
    platform: process.platform === 'darwin' ? 'darwin' : 'linux',
    format: 'tar.gz',
    'sdk-name': 'sdk-typescript',
    'sdk-version': sdk.version,
  });
  try {
    const answer = await fetch(`${service}/cli/default?${query.toString()}`, {
      signal: AbortSignal.timeout(PROBE_MS),
    });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return release.parse(await answer.json());
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      throw new Error('it answered something else than the place of a release', { cause: error });
    }
    throw plain(error);
  }
}

async function unpack(body: ReadableStream, member: string, into: string, passing: Transform): Promise<void> {
  const tar = spawn('tar', ['-xzf', '-', '-C', into, member], { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  tar.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const ended = new Promise<void>((resolve, reject) => {
    tar.once('error', reject);
    tar.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`cannot unpack the archive: ${complaint.trim()}`)),
    );
  });
  const piped = pipeline(Readable.fromWeb(body as never), passing, tar.stdin);
  // Both must have settled before the directory may be removed; tar's own complaint says more than a broken pipe.
  const [unpacked, fed] = await Promise.allSettled([ended, piped]);
  if (fed.status === 'rejected' && (fed.reason as NodeJS.ErrnoException).code !== 'EPIPE') throw fed.reason;
  if (unpacked.status === 'rejected') throw unpacked.reason;
}

function meter(
  total: number | undefined,
  onProgress: (line: string) => void,
  onBytes: () => void,
): Transform {
  let bytes = 0;
  let told = performance.now();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      onBytes();
      if (performance.now() - told >= PROGRESS_EVERY_MS) {
        told = performance.now();
        onProgress(`Temporal CLI: ${megabytes(bytes)}${total ? ` of ${megabytes(total)}` : ''} downloaded`);
      }
      done(null, chunk);
    },
  });
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** fetch hides the reason ("getaddrinfo ENOTFOUND") one level down. */
function plain(error: unknown): Error {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return new Error(`no answer within ${PROBE_MS / 1000} s`);
  return new Error(cause instanceof Error ? cause.message || message : message);
}
