import { Refusal } from '../../../src/engine/base/errors.js';

/**
 * The origin of a server that may be sent a token: over TLS, or on this machine. Anybody on the way could read it else.
 *
 * @throws Refusal that says what is wrong with the address
 */
export function serverOrigin(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const fix = 'write it as https://switchback.example, or http://127.0.0.1:PORT on this machine';
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new Refusal(`server ${given}`, 'is no address of an API', fix);
  }
  if (url.username || url.password)
    throw new Refusal('the address of the server', 'has a password in it', fix);
  if (url.pathname !== '/' || url.search || url.hash) {
    throw new Refusal(`server ${given}`, 'has a path', `name the server alone: ${url.origin}`);
  }
  if (!isProtected(url)) {
    throw new Refusal(`server ${given}`, 'is reached without TLS, and a token would be read on the way', fix);
  }
  return url.origin;
}

/** Whether nobody on the way can read what is sent. */
export function isProtected({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(hostname);
}

/** Whether a host is this machine, by its name alone: what a name server answers can be anything. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
