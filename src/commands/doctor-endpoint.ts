/** The doctor's look at an endpoint: connection, TLS, answer, and how long its certificate lasts. */
import { readAnswer, silenceWords } from '../core/answer.ts';
import type { CheckTarget } from '../core/model/inventory.ts';
import type { ProbeFailureKind, ProbeResult } from '../core/model/observation.ts';
import { bad, type Finding, ok } from './doctor-finding.ts';

const DAY_MS = 86_400_000;

const remedyOf = (kind: ProbeFailureKind, target: CheckTarget): string => {
  const { node, service, serverName } = target;
  switch (kind) {
    case 'refused':
      return `nothing listens there: plasmatop logs ${service}@${node}, or correct the address or "ports:"`;
    case 'timeout':
    case 'unreachable':
      return 'check address, route and firewall between here and the node';
    case 'dns':
      return `correct "address:" of ${node}, or add the name to DNS or /etc/hosts`;
    case 'tls-expired':
      return 'renew the certificate and restart the service; or set the clock of this host';
    case 'tls-untrusted':
      return 'name the authority that signed it with tls.ca, as PEM';
    case 'tls-name':
      return `it must name ${serverName}; else say in tls.serverName, or the node's, which name it carries`;
    case 'status':
    case 'body':
      return `the service is not well: plasmatop logs ${service}@${node}`;
    case 'protocol':
    case 'too-large':
      return `something else may listen on port ${target.port}: correct "ports:" of ${node}`;
    default:
      return kind satisfies never;
  }
};

/** ", certificate for 29 more days". */
const lastsWords = (result: ProbeResult, nowMs: number): string =>
  result.certificate === undefined
    ? ''
    : `, certificate for ${Math.floor((result.certificate.notAfterMs - nowMs) / DAY_MS)} more days`;

export const endpointFinding = (
  target: CheckTarget,
  result: ProbeResult,
  nowMs: number,
  warnMs: number,
): Finding => {
  const { service, spec } = target;
  const where = `${spec.id}, port ${target.port}`;
  const ms = result.phases.totalMs;
  if (!result.ok) {
    const { kind, detail } = result.failure;
    const words = detail === '' ? silenceWords(result.failure).flaw : detail;
    return bad('failed', service, `${where}: ${words}`, remedyOf(kind, target), ms);
  }
  const lasts = lastsWords(result, nowMs);
  const leftMs = (result.certificate?.notAfterMs ?? Number.POSITIVE_INFINITY) - nowMs;
  if (leftMs < warnMs)
    return bad('warning', service, `${where}${lasts}`, 'renew the certificate in time', ms);
  const { flaw } = readAnswer(spec, result);
  if (flaw !== '')
    return bad(
      'warning',
      service,
      `${where}: ${flaw}${lasts}`,
      `plasmatop explain ${service}; plasmatop status`,
      ms,
    );
  return ok(service, `${where}${lasts}${result.insecure ? ', not verified' : ''}`, ms);
};
