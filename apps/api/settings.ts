import { environmentOf, readConfiguration, type Environment } from '../config/config.js';
import { RereadEnvironment, type Current } from '../config/reread.js';

/** An environment's configuration, whose policy is read again as it changes. */
export interface Settings {
  now(): Environment;
  /** Why what is in the file does not count, and since when; undefined while it does. */
  stale(): Current['stale'];
  close(): void;
}

/** Milliseconds between two looks: who was taken out has lost it soon, also on a stream that asks for nothing. */
const lookEvery = 10_000;

/** Throws `Refusal` when the file is wrong at the beginning; later that changes nothing, and is told. */
export async function liveSettings(
  file: string,
  name: string,
  log: (line: string) => void,
): Promise<Settings> {
  const first = environmentOf(await readConfiguration(file), name);
  const reread = new RereadEnvironment(file, name, first, log);
  let last: Current = { environment: first };
  const look = async () => void (last = await reread.current());
  const timer = setInterval(() => void look(), lookEvery);
  return { now: () => last.environment, stale: () => last.stale, close: () => clearInterval(timer) };
}
