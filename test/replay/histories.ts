import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { historyFromJSON, historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';

/** Where the histories stand. */
const directory = fileURLToPath(new URL('./histories/', import.meta.url));

/** One run of a workflow, as it stands in a file. */
export interface StoredHistory {
  /** The file's name without its ending: path, and which of its runs. */
  readonly name: string;
  /** The file's text. */
  readonly text: string;
}

/** Every history that is kept, by name. */
export async function storedHistories(): Promise<readonly StoredHistory[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.json'));
  const names = files.map((file) => file.slice(0, -'.json'.length)).sort();
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(`${directory}${name}.json`, 'utf8') })),
  );
}

/** What Temporal replays. */
export function historyOf({ text }: StoredHistory): { workflowId: string; runId: string; history: History } {
  const json = JSON.parse(text) as JsonHistory;
  const { workflowId = '', originalExecutionRunId = '' } =
    json.events[0]?.workflowExecutionStartedEventAttributes ?? {};
  return { workflowId, runId: originalExecutionRunId, history: historyFromJSON(json) };
}

/** The part of a name that says which path it is: `continue-as-new` of `continue-as-new.2`. */
export function pathOf({ name }: StoredHistory): string {
  return name.replace(/\.\d+$/, '');
}

/** The text of what a run was started with. */
export function startedWith({ events }: History): string {
  const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return payloads.map(({ data }) => Buffer.from(data ?? []).toString('utf8')).join();
}

/** Keeps the runs of one path, scrubbed, an event a line, so that a new recording can be compared. */
export async function store(path: string, runs: readonly History[], secrets: Secrets): Promise<void> {
  const earlier = (await storedHistories()).filter((stored) => pathOf(stored) === path);
  await Promise.all(earlier.map(({ name }) => rm(`${directory}${name}.json`)));
  for (const [index, run] of runs.entries()) {
    const { events } = scrubbed(JSON.parse(historyToJSON(run)), secrets) as JsonHistory;
    const text = `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
    await writeFile(`${directory}${path}${index === 0 ? '' : `.${index + 1}`}.json`, text);
  }
}

/** Texts that belong to the machine of the recording, and what stands for them. */
export type Secrets = ReadonlyMap<string, string>;

interface JsonHistory {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: {
      readonly workflowId?: string;
      readonly originalExecutionRunId?: string;
    };
  }[];
}

/** Members that name a process, a host or a place in somebody's files, or only fill the file; they decide nothing. */
const dropped = new Set([
  'identity',
  'stackTrace',
  'workerInstanceKey',
  'requestId',
  'taskId',
  'retryPolicy',
]);

/** A JSON value without what the machine put into it; payloads are looked into. */
function scrubbed(value: unknown, secrets: Secrets): unknown {
  if (typeof value === 'string') return scrubText(value, secrets);
  if (Array.isArray(value)) return value.map((item) => scrubbed(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  if (isPayload(value)) return { ...value, data: scrubData(value.data, secrets) };
  if (isSticky(value)) return { name: 'sticky', normalName: value.normalName };
  // Replay compares which activity was started, not what it was asked, and that is half of a history.
  const isActivity = 'activityType' in value;
  const kept = Object.entries(value).filter(
    ([name]) => !dropped.has(name) && !(isActivity && name === 'input'),
  );
  return Object.fromEntries(kept.map(([name, member]) => [name, scrubbed(member, secrets)]));
}

function isPayload(value: object): value is { metadata: object; data: string } {
  return 'metadata' in value && 'data' in value && typeof value.data === 'string';
}

/** A queue of one worker's own, named after its process and host. */
function isSticky(value: object): value is { kind: string; normalName: string } {
  return 'kind' in value && value.kind === 'TASK_QUEUE_KIND_STICKY';
}

function scrubData(data: string, secrets: Secrets): string {
  const text = Buffer.from(data, 'base64').toString('utf8');
  return Buffer.from(scrubText(text, secrets)).toString('base64');
}

function scrubText(text: string, secrets: Secrets): string {
  let clean = text;
  for (const [secret, name] of secrets) clean = clean.replaceAll(secret, name);
  return clean;
}

/** What a history says of the machine it was recorded on, in the open and in its payloads. */
export function machineIn({ name, text }: StoredHistory): string[] {
  const payloads = [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  const found = [text, ...payloads].flatMap((part) => part.match(machine) ?? []);
  return found.map((what) => `${name}: ${what}`);
}

/** Process and host, address and port, and paths of this kind of machine. */
const machine =
  /\b\d+@[\w.-]+|\b(?:localhost|\d+\.\d+\.\d+\.\d+):\d+|(?<![\w.])\/(?:tmp|home|root|var|work|Users)\/[\w./-]+/g;
