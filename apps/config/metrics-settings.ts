import { z } from 'zod';
import { duration, httpAddress, members, nonEmpty as name, secret } from './settings.js';

const labels = z.record(name, z.string());

const prometheus = members({
  /** Where the HTTP API begins, without `/api/v1`. */
  url: httpAddress,
  /** How often Prometheus scrapes each process. */
  interval: duration,
  /** The labels that name a process. */
  instance: z.array(name).min(1, 'it is empty; name the labels that tell processes apart').exactOptional(),
  bearer: secret.exactOptional(),
  basic: members({ user: z.string(), password: secret }).exactOptional(),
  /** Such as the tenant's. */
  headers: z.record(z.string(), secret).exactOptional(),
});

const counters = {
  /** Counter of requests by arm and outcome. */
  requests: name,
  /** The labels that mark a failed request. */
  failed: labels,
  /** Histogram of durations in seconds. */
  duration: name,
  arm: members({ label: name, baseline: name, candidate: name }),
  where: labels.exactOptional(),
};

/** A text exposition; or else `prometheus`. */
const shape = members({
  url: httpAddress.exactOptional(),
  prometheus: prometheus.exactOptional(),
  ...counters,
});

type Given = z.output<typeof shape>;
type Fault = { readonly message: string; readonly path: readonly string[] };
const fault = (message: string, ...path: readonly string[]): Fault => ({ message, path });

/** How a source of metrics is reached, and how its labels are read. */
export const metrics = shape.superRefine((given, context) => {
  for (const { message, path } of [...whereFrom(given), ...whatIsNeverSeen(given)]) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

function* whereFrom({ url, prometheus }: Given): Generator<Fault> {
  if ((url === undefined) === (prometheus === undefined)) {
    yield fault('give either url, of a text exposition, or prometheus, of a server that is asked');
  }
  const names = Object.keys(prometheus?.headers ?? {}).map((header) => header.toLowerCase());
  if (prometheus?.bearer !== undefined && prometheus.basic !== undefined) {
    yield fault('give either bearer or basic', 'prometheus');
  }
  if (names.includes('authorization')) {
    yield fault('give bearer or basic instead of this header', 'prometheus', 'headers', 'authorization');
  }
}

/** Settings with which no guard could ever fail, or none could ever pass, whatever the source says. */
function* whatIsNeverSeen({ failed, arm, where = {}, duration }: Given): Generator<Fault> {
  const marks = Object.entries(failed);
  if (marks.length === 0)
    yield fault('it is empty, so every request would count as failed; name a label', 'failed');
  if (arm.baseline === arm.candidate) {
    yield fault(`it is the baseline's value too, so the arms could not be told apart`, 'arm', 'candidate');
  }
  if (Object.hasOwn(where, arm.label)) {
    yield fault('it names the arm, so one arm would never be counted; leave it out', 'where', arm.label);
  }
  if (Object.hasOwn(failed, arm.label)) {
    yield fault('it names the arm, so one arm could never fail; leave it out', 'failed', arm.label);
  }
  const never = marks.find(([label, value]) => Object.hasOwn(where, label) && where[label] !== value);
  if (never !== undefined) {
    yield fault(`where demands another value of it, so no failure would be counted`, 'failed', never[0]);
  }
  if (/_(bucket|sum|count)$/.test(duration)) {
    yield fault('name the histogram itself, without _bucket, _sum or _count', 'duration');
  }
}

/** A header that carries a secret, as its name says. */
const secretHeader = /key|token|secret|password|cookie|auth/i;

/** The secrets of a source, and where they stand. */
export function secretsOf({ prometheus }: Given): (readonly [value: unknown, ...path: string[]])[] {
  const headers = Object.entries(prometheus?.headers ?? {}).filter(([header]) => secretHeader.test(header));
  return [
    [prometheus?.bearer, 'prometheus', 'bearer'],
    [prometheus?.basic?.password, 'prometheus', 'basic', 'password'],
    ...headers.map(([header, value]) => [value, 'prometheus', 'headers', header] as const),
  ];
}
