import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { completionScripts } from '../../../src/commands/completion.ts';
import { toolOrSkip } from '../../helpers/tool.ts';

it.skipIf(toolOrSkip('bash') !== undefined)(
  'says nothing in a bash with set -u when there is no answer',
  () => {
    const script = `
set -u
plasmatop() { :; }
${completionScripts.bash}
COMP_LINE='plasmatop sta' COMP_POINT=13 COMP_CWORD=1 COMP_WORDS=(plasmatop sta)
_plasmatop
echo "\${#COMPREPLY[@]}"
`;
    const { stdout, stderr, status } = spawnSync('bash', ['--norc', '--noprofile', '-c', script], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: '0\n', stderr: '', status: 0 });
  },
);
