import { spawn } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../apps/local/ports.js';
import { untilTrue } from './until.js';

const installed = '/usr/bin/prometheus';

/** A process that Prometheus scrapes, with the labels it gives to all its series. */
export interface Target {
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The Prometheus that Debian ships, scraping once a second whatever it is told to. */
export class DebianPrometheus {
  readonly #targets = new Set<Target>();
  #announced = Promise.resolve();
  readonly #dir: string;
  readonly #end: () => Promise<unknown>;

  private constructor(
    readonly url: string,
    dir: string,
    end: () => Promise<unknown>,
  ) {
    this.#dir = dir;
    this.#end = end;
  }

  static async start(): Promise<DebianPrometheus> {
    const dir = await mkdtemp(join(tmpdir(), 'switchback-prometheus-'));
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [{ job_name: 'shop', file_sd_configs: [{ files: [join(dir, 'targets.json')] }] }],
    };
    // JSON is YAML.
    await writeFile(join(dir, 'prometheus.yml'), JSON.stringify(config));
    await writeFile(join(dir, 'targets.json'), '[]');
    const port = await freePort();
    const server = spawn(
      installed,
      [
        `--config.file=${join(dir, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    const ended = new Promise((resolve) => {
      server.once('exit', resolve);
      server.once('error', resolve);
    });
    const kill = () => server.kill('SIGTERM');
    process.once('exit', kill);
    const url = `http://127.0.0.1:${port}`;
    const end = async () => {
      kill();
      await ended;
      process.off('exit', kill);
    };
    const prometheus = new DebianPrometheus(url, dir, end);
    await untilTrue(`${installed} answers (apt-get install prometheus)`, async () => {
      const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
      return answer?.ok === true;
    });
    return prometheus;
  }

  /** It takes up to five seconds until Prometheus looks. */
  add(target: Target): Promise<void> {
    this.#targets.add(target);
    return this.#announce();
  }

  remove(target: Target): Promise<void> {
    this.#targets.delete(target);
    return this.#announce();
  }

  /** The value of an expression that has one, or undefined. */
  async value(query: string): Promise<number | undefined> {
    const answer = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    const text = data.result[0]?.value[1];
    return text === undefined ? undefined : Number(text);
  }

  async stop(): Promise<void> {
    await this.#end();
    await rm(this.#dir, { recursive: true, force: true });
  }

  #announce(): Promise<void> {
    return (this.#announced = this.#announced.then(async () => {
      const groups = [...this.#targets].map(({ address, labels }) => ({ targets: [address], labels }));
      const file = join(this.#dir, 'targets.json');
      await writeFile(`${file}.new`, JSON.stringify(groups));
      await rename(`${file}.new`, file);
    }));
  }
}
