import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import {
  DefaultLogger,
  OpenFeatureEventEmitter,
  ProviderEvents,
  type EvaluationContext,
  type JsonValue,
  type Logger,
  type Provider,
  type ResolutionDetails,
} from '@openfeature/server-sdk';

/** Refuses what the library would only log: a file without `flags`, for one, would switch everything off. */
class StrictStorage extends MemoryStorage {
  override setConfigurations(flagConfig: string): string[] {
    return super.setConfigurations(flagConfig, true);
  }
}

const SAFETY_POLL_MS = 250;

/**
 * Flags from a flagd file, evaluated in this process. The file's directory is watched, because a file that is
 * replaced by a rename is a new file; a poll finds edits whose event was lost. A file that cannot be read or is not
 * valid leaves the last good flags in force and makes the provider stale.
 */
export class FlagFileProvider implements Provider {
  readonly metadata = { name: 'flagd-file' } as const;
  readonly runsOn = 'server';
  readonly events = new OpenFeatureEventEmitter();
  readonly #core: FlagdCore;
  #seen: string | undefined;
  #stale = false;
  #watcher: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #again = false;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    const logger = new DefaultLogger();
    this.#core = new FlagdCore(new StrictStorage(logger), logger);
  }

  /** @throws Error naming the file when there are no good flags to begin with. */
  async initialize(): Promise<void> {
    try {
      const text = await readFile(this.#file, 'utf8');
      this.#core.setConfigurations(text);
      this.#seen = text;
    } catch (error) {
      throw new Error(`flag file ${this.#file} cannot be used: ${messageOf(error)}`, { cause: error });
    }
    this.#watch();
    this.#poll = setInterval(() => this.#refresh(), SAFETY_POLL_MS);
    this.#refresh();
  }

  async onClose(): Promise<void> {
    this.#watcher?.close();
    clearInterval(this.#poll);
    await this.#reading;
  }

  async resolveBooleanEvaluation(
    key: string,
    otherwise: boolean,
    context: EvaluationContext,
    logger: Logger,
  ): Promise<ResolutionDetails<boolean>> {
    return this.#core.resolveBooleanEvaluation(key, otherwise, context, logger);
  }

  async resolveStringEvaluation(
    key: string,
    otherwise: string,
    context: EvaluationContext,
    logger: Logger,
  ): Promise<ResolutionDetails<string>> {
    return this.#core.resolveStringEvaluation(key, otherwise, context, logger);
  }

  async resolveNumberEvaluation(
    key: string,
    otherwise: number,
    context: EvaluationContext,
    logger: Logger,
  ): Promise<ResolutionDetails<number>> {
    return this.#core.resolveNumberEvaluation(key, otherwise, context, logger);
  }

  async resolveObjectEvaluation<T extends JsonValue>(
    key: string,
    otherwise: T,
    context: EvaluationContext,
    logger: Logger,
  ): Promise<ResolutionDetails<T>> {
    return this.#core.resolveObjectEvaluation(key, otherwise, context, logger);
  }

  #watch(): void {
    const name = basename(this.#file);
    this.#watcher = watch(dirname(this.#file), (_event, changed) => {
      if (changed === null || changed === name) this.#refresh();
    });
    // Without events the poll remains; an unhandled one would end the shop.
    this.#watcher.on('error', () => this.#watcher?.close());
  }

  /** One read at a time; an event that comes during a read starts another, so that the last edit is never missed. */
  #refresh(): void {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined;
      if (this.#again) {
        this.#again = false;
        this.#refresh();
      }
    });
  }

  async #read(): Promise<void> {
    try {
      const text = await readFile(this.#file, 'utf8');
      if (text === this.#seen && !this.#stale) return;
      const flagsChanged = this.#core.setConfigurations(text);
      this.#seen = text;
      if (this.#stale)
        this.events.emit(ProviderEvents.Ready, { message: `flag file ${this.#file} is good again` });
      this.#stale = false;
      this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
    } catch (error) {
      if (this.#stale) return;
      this.#stale = true;
      this.events.emit(ProviderEvents.Stale, {
        message: `flag file ${this.#file} cannot be used, the last good flags stay in force: ${messageOf(error)}`,
      });
    }
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}
