/** A process that writes audit records, for tests that start several at once or kill them: FILE NAME COUNT MAXSIZE KEEP. */
import { openAudit } from '../../src/actions/audit.ts';

const [file = '', name = '', count = '0', maxSize = '0', keep = '0'] = process.argv.slice(2);
const audit = await openAudit(file, { name }, { maxSize: Number(maxSize), keep: Number(keep) });
for (let number = 0; number < Number(count); number += 1) {
  const id = `${name}-${number}`;
  const written = await audit.write({
    phase: 'intent',
    id,
    ts: new Date().toISOString(),
    cluster: 'prod',
    verb: 'restart',
    target: 'chainfire@node02',
    node: 'node02',
    unit: 'chainfire.service',
    units: ['chainfire.service'],
    commands: [['systemctl', 'restart', '--', 'chainfire.service']],
    commandLines: [],
    quorum: [],
    takesAlong: [],
    starts: [],
    expectedMs: 0,
    before: {},
  });
  process.stdout.write(`${written.ok ? id : `! ${written.problem}`}\n`);
}
