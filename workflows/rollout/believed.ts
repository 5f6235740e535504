import { isAlarming, type EvidenceSignal } from '../../src/protocol/sentinel.js';

/**
 * What is believed of evidence. From whoever does not know the rollout's first run it is what takes exposure back, and
 * nothing else: a sentinel of an older build does not say it, and its breach must not be lost; a pass that anybody can
 * send must open nothing.
 *
 * @param chain the first run of this rollout
 */
export function believed(
  { chain: said, ...evidence }: EvidenceSignal,
  chain: string,
): Omit<EvidenceSignal, 'chain'> | undefined {
  if (said === chain) return evidence;
  const { readings, looks = [] } = evidence;
  const alarming = {
    ...evidence,
    readings: readings.filter(({ verdict }) => verdict === 'fail'),
    looks: looks.filter(({ verdict }) => verdict === 'raised'),
  };
  return isAlarming(alarming) ? alarming : undefined;
}
