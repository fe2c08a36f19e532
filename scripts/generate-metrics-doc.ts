/** Writes docs/metrics.md from the table of metrics; `--check` fails when the file is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { DEFAULT_LISTEN } from '../src/metrics/listen.ts';
import { METRICS, type Metric } from '../src/metrics/table.ts';

const FILE = new URL('../docs/metrics.md', import.meta.url);

const row = ([name, { kind, help, labels, words }]: readonly [string, Metric]): string => {
  const shown = labels.map((label, index) =>
    words !== undefined && index === labels.length - 1 ? `\`${label}\`: ${words.join(', ')}` : `\`${label}\``,
  );
  return `| \`${name}\` | ${words === undefined ? kind : 'state set'} | ${shown.join('; ')} | ${help}. |`;
};

const HEAD = `# Metrics

The table is generated from \`src/metrics/table.ts\` by \`scripts/generate-metrics-doc.ts\`; change that, not this file.

\`\`\`sh
plasmatop metrics                          # http://${DEFAULT_LISTEN}/metrics
plasmatop metrics --listen 0.0.0.0:9808    # for everybody who reaches this machine
\`\`\`

It looks at the cluster as the console does, with the same configuration, and tells what it sees in the text format of Prometheus. It cannot act: it is read-only whatever the configuration says, asks no sudo what it may do, and follows no journal. There are \`/metrics\` and \`/healthz\`, which says 503 while nothing has been seen for a minute; anything else is 404. There is no password and no TLS: on an address that others reach, a proxy or a firewall says who may read it.

A scrape shows the last look; the cluster is not asked for it. Whoever asks more often than four times a second gets the same text again, 32 connections at most are served, and one that says or takes nothing for 30 seconds is closed, or 5 while it asks.

\`\`\`yaml
scrape_configs:
  - job_name: plasmatop
    static_configs: [{ targets: ['${DEFAULT_LISTEN}'] }]
\`\`\`

As a service of systemd, under the account whose ssh keys reach the nodes:

\`\`\`ini
[Service]
User=plasmatop
ExecStart=/usr/local/bin/plasmatop metrics --config /etc/plasmatop/plasmatop.yaml
# It ends with 128+15 on SIGTERM, as all commands do.
SuccessExitStatus=143
Restart=on-failure
\`\`\`

## All of them

Labels are names of the configuration and the topology, and words of closed sets; nothing that a node says becomes one. A state set has a series for each word, 1 for the one that holds and 0 for the others. What is not known has no series. Each of two leaders is \`degraded\`, though it is well by itself; so is a member that counts its group differently.
`;

const FOOT = `
## Alerts

Rules to copy and to fit: [plasmatop.rules.yaml](plasmatop.rules.yaml). Some of them:

\`\`\`
plasmatop_quorum_standing{standing="lost"} == 1
plasmatop_capability_state{state="lost"} == 1
plasmatop_certificate_expiry_timestamp_seconds - time() < 14 * 86400
\`\`\`

Whoever is called by one runs \`plasmatop\`, and reads what, what it means for users, and why.
`;

/** The whole document. */
export const metricsDocument = (): string =>
  [
    HEAD,
    '| metric | type | labels | tells |',
    '| --- | --- | --- | --- |',
    ...Object.entries<Metric>(METRICS).map(row),
    FOOT,
  ].join('\n');

if (import.meta.main) {
  const wanted = metricsDocument();
  if (!process.argv.includes('--check')) writeFileSync(FILE, wanted);
  else if (readFileSync(FILE, 'utf8') !== wanted) {
    console.error('docs/metrics.md is stale: run npm run generate');
    process.exitCode = 1;
  }
}
