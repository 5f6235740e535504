import { InvalidArgumentError } from 'commander';
import { machine, type Status } from '../../src/engine/state/status.js';
import { nearest } from '../../src/engine/base/nearest.js';
import type { Reported } from '../client/client.js';

/** What `switchback wait` waits for. */
export type Awaited =
  | { readonly type: 'status'; readonly any: readonly Status[] }
  | { readonly type: 'gate' }
  | { readonly type: 'outcome' };

/** Reads `status=waiting,paused`, `gate` or `outcome`. Throws what commander tells as a wrong value. */
export function readAwaited(text: string): Awaited {
  if (text === 'gate' || text === 'outcome') return { type: text };
  const [, list] = /^status=(.+)$/.exec(text) ?? [];
  if (list === undefined) throw new InvalidArgumentError('Write status=STATUS, gate or outcome.');
  const any = list.split(',').map((name) => name.trim());
  for (const name of any) if (!isStatus(name)) throw new InvalidArgumentError(unknownStatus(name));
  return { type: 'status', any: any.filter(isStatus) };
}

/** Whether it has come. An outcome is for `outcome` alone: a gate that was open once is open no more. */
export function hasCome(awaited: Awaited, { status, gate, outcome }: Reported): boolean {
  switch (awaited.type) {
    case 'status':
      return awaited.any.includes(outcome?.type ?? status);
    case 'gate':
      return gate !== undefined && outcome === undefined;
    case 'outcome':
      return outcome !== undefined;
  }
}

/** As it was written. */
export function awaitedText(awaited: Awaited): string {
  return awaited.type === 'status' ? `status=${awaited.any.join(',')}` : awaited.type;
}

function isStatus(name: string): name is Status {
  return Object.hasOwn(machine, name);
}

function unknownStatus(name: string): string {
  const similar = [...nearest(name, Object.keys(machine))];
  const known = similar.length > 0 ? similar : Object.keys(machine);
  return `There is no status ${name}: use ${known.join(', ')}.`;
}
