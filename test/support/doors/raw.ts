import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { attempt, type Reader } from '../../../src/engine/base/read.js';
import { doors } from '../../../src/protocol/doors.js';
import { messages, spoilt, type Addressed } from './hostile.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Payloads that no converter of ours makes anything of. */
const undecodable: readonly Payload[] = [
  {},
  { data: utf8('"no metadata"') },
  { metadata: {}, data: utf8('{}') },
  { metadata: { encoding: utf8('json/plain') } },
  { metadata: { encoding: utf8('json/plain') }, data: utf8('{"cut off') },
  { metadata: { encoding: utf8('json/plain') }, data: new Uint8Array([0xff, 0xfe, 0x00]) },
  { metadata: { encoding: utf8('binary/encrypted') }, data: new Uint8Array(64) },
  { metadata: { encoding: utf8('json/protobuf'), messageType: utf8('no.Such') }, data: utf8('{}') },
  { metadata: { encoding: utf8('__proto__') }, data: utf8('{}') },
  { metadata: { encoding: new Uint8Array([0xff]) }, data: utf8('{}') },
];

/** A payload that can be read but is no JSON. */
const odd: readonly Payload[] = [
  { metadata: { encoding: utf8('binary/null') } },
  { metadata: { encoding: utf8('binary/plain') }, data: new Uint8Array(32) },
  { metadata: { encoding: utf8('json/plain') }, data: utf8('1e999') },
  { metadata: { encoding: utf8('json/plain') }, data: utf8('['.repeat(100_000) + ']'.repeat(100_000)) },
  {
    metadata: { encoding: utf8('json/plain') },
    data: utf8(`{"id":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`),
  },
];

/** One call that something hostile makes. */
export interface Call extends Addressed {
  readonly input: readonly Payload[];
}

/** Calls of one message: no argument, many, wrong ones, and what cannot be decoded. */
export function callsOf(message: Addressed): fc.Arbitrary<Call> {
  const value = spoilt(message).map((given) => defaultPayloadConverter.toPayload(given));
  const payload = fc.oneof({ weight: 3, arbitrary: value }, fc.constantFrom(...undecodable, ...odd));
  return fc
    .oneof({ weight: 5, arbitrary: fc.tuple(payload) }, fc.array(payload, { maxLength: 4 }))
    .map((input) => ({ ...message, input }));
}

/** Names that nobody has given a handler to, also such as the SDK keeps for itself. */
const unknownNames = [
  'nobody',
  '__temporal_of_our_own',
  '__stack_trace',
  'constructor',
  '__proto__',
  'ö'.repeat(200),
];

/** Whether it is a message after all, which would be obeyed. */
function isMessage({ type, kind, name, input: [first] }: Call): boolean {
  const reader = (doors[type][kind] as Readonly<Record<string, Reader<unknown>>>)[name];
  if (reader === undefined || kind === 'queries') return false;
  try {
    return 'value' in attempt(reader, first && defaultPayloadConverter.fromPayload(first), name);
  } catch {
    return false;
  }
}

/** Every message once with each payload that cannot be decoded, unknown ones, and so many spoilt ones of each. */
export function hostileCalls(ofEach: number, seed: number): readonly Call[] {
  const types = [...new Set(messages.map(({ type }) => type))];
  const kinds = ['signals', 'updates', 'queries'] as const;
  const unknown = types.flatMap((type) =>
    kinds.flatMap((kind) =>
      unknownNames.map((name): Call => ({ type, kind, name, input: [undecodable[4]!] })),
    ),
  );
  const broken = messages.flatMap((message) =>
    undecodable.map((one): Call => ({ ...message, input: [one] })),
  );
  const spoiltOnes = messages.flatMap((message) => fc.sample(callsOf(message), { numRuns: ofEach, seed }));
  return [...unknown, ...broken, ...spoiltOnes].filter((one) => !isMessage(one));
}

/** Makes a call; what the server or the workflow refuses is no matter. */
export async function call({ connection, options }: Client, workflowId: string, { kind, name, input }: Call) {
  const { workflowService } = connection;
  const common = { namespace: options.namespace, workflowExecution: { workflowId } };
  const payloads = { payloads: [...input] };
  switch (kind) {
    case 'signals':
      return workflowService.signalWorkflowExecution({ ...common, signalName: name, input: payloads });
    case 'updates': {
      const { outcome } = await workflowService.updateWorkflowExecution({
        ...common,
        waitPolicy: { lifecycleStage: 'UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED' as never },
        request: { meta: { updateId: randomUUID() }, input: { name, args: payloads } },
      });
      if (outcome?.failure) throw new Error(outcome.failure.message ?? 'refused');
      return;
    }
    case 'queries':
      return workflowService.queryWorkflow({
        namespace: options.namespace,
        execution: { workflowId },
        query: { queryType: name, queryArgs: payloads },
      });
  }
}
