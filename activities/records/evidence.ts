import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { verdicts } from '../../src/engine/plan.js';
import type { RecordedReading } from '../../src/analysis/judge-window.js';
import { nameOf } from '../files/names.js';

/** Readings by rollout, outside of workflow histories. */
export interface EvidenceStore {
  /** Keeps readings. */
  append(rollout: string, readings: readonly RecordedReading[]): Promise<void>;
  /** The readings from `from` to `to` (milliseconds since the epoch, both inclusive), oldest first. */
  window(rollout: string, from: number, to: number): Promise<RecordedReading[]>;
}

/**
 * Readings as one file of JSON lines for each rollout in `directory`. A line torn by a crash is passed over: a reading
 * that is missing is a gap in the evidence, never a pass.
 */
export function createEvidenceStore(directory: string): EvidenceStore {
  const fileOf = (rollout: string) => join(directory, `${nameOf(rollout)}.jsonl`);

  return {
    async append(rollout, readings) {
      if (readings.length === 0) return;
      const file = fileOf(rollout);
      await mkdir(dirname(file), { recursive: true });
      const handle = await open(file, 'a');
      try {
        // The line break in front ends a line that a crash left open; otherwise it makes an empty line.
        await handle.appendFile(`\n${readings.map((reading) => JSON.stringify(reading)).join('\n')}\n`);
      } finally {
        await handle.close();
      }
    },

    async window(rollout, from, to) {
      const found: RecordedReading[] = [];
      for await (const line of linesOf(fileOf(rollout))) {
        const reading = parse(line);
        if (reading && reading.at >= from && reading.at <= to) found.push(reading);
      }
      return found.sort((a, b) => a.at - b.at);
    },
  };
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = createReadStream(file, 'utf8');
  try {
    yield* createInterface({ input, crlfDelay: Infinity });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    input.destroy();
  }
}

function parse(line: string): RecordedReading | undefined {
  if (line === '') return undefined;
  try {
    const value = JSON.parse(line) as RecordedReading | null;
    const whole =
      typeof value?.guard === 'string' && Number.isFinite(value.at) && verdicts.includes(value.verdict);
    return whole ? value : undefined;
  } catch {
    return undefined;
  }
}
