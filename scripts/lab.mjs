// `npm run lab -- up`: the hosts of test/lab, for trying things out.
import { join } from 'node:path';
import { root, run } from './setup.mjs';

process.exit(run(join(root, 'test', 'lab', 'lab.sh'), process.argv.slice(2)));
