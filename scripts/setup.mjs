// Makes a fresh clone ready: installs the packages and builds, each only when it is not done already.
// Runs on the machine's own Node (20 or newer), so it uses nothing but node: modules.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
/** The Node that everything of this project runs on, pinned as a dev dependency. */
export const pinnedNode = at('node_modules', '.bin', 'node');

const installStamp = at('node_modules', '.plasmatop-installed');
const buildStamp = at('dist', '.built-from');

const hashFiles = (files) => {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
};

const filesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();

const stampIs = (file, value) => existsSync(file) && readFileSync(file, 'utf8') === value;

/** Environment in which `node` is the pinned one, whatever the machine has. */
export const pinnedEnv = () => ({
  ...process.env,
  PATH: [at('node_modules', '.bin'), process.env.PATH].filter(Boolean).join(delimiter),
});

export const run = (command, args, options = {}) => {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) process.stderr.write(`plasmatop: ${command} could not be started: ${error.message}\n`);
  if (error) return 127;
  return signal ? 128 : (status ?? 1);
};

const fail = (what, remedy) => {
  process.stderr.write(`plasmatop: ${what}\n  ${remedy}\n`);
  process.exit(1);
};

/** A worktree may borrow the packages of another checkout: installing through the link would empty that one's folder. */
const isBorrowed = (folder) => lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

const install = () => {
  if (isBorrowed(at('node_modules'))) return;
  const wanted = hashFiles([at('package.json'), at('package-lock.json')]);
  if (stampIs(installStamp, wanted) && existsSync(pinnedNode)) return;
  process.stderr.write('plasmatop: installing packages (once)\n');
  // Inside an npm script, npm_execpath is the very npm that the operator called.
  const npm = process.env.npm_execpath;
  // NODE_ENV=production would leave out the very tools that build and test.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const status = npm?.endsWith('.js') ? run(process.execPath, [npm, ...args]) : run('npm', args);
  if (status !== 0) fail('npm ci failed', 'Is the npm registry reachable? Its own words are above.');
  if (run(pinnedNode, ['--version'], { stdio: 'ignore' }) !== 0) {
    fail(
      'the pinned Node was not installed',
      'Install scripts must be allowed for the package "node": npm ci --foreground-scripts shows why.',
    );
  }
  writeFileSync(installStamp, wanted);
};

const build = () => {
  const wanted = hashFiles([
    ...filesBelow(at('src')),
    at('scripts', 'build.mjs'),
    at('package.json'),
    at('package-lock.json'),
  ]);
  if (stampIs(buildStamp, wanted)) return;
  rmSync(at('dist'), { recursive: true, force: true });
  mkdirSync(at('dist'), { recursive: true });
  if (run(pinnedNode, [at('scripts', 'build.mjs')], { env: pinnedEnv() }) !== 0)
    fail('the build failed', 'Its own words are above.');
  writeFileSync(buildStamp, wanted);
};

export const setUp = () => {
  install();
  build();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();
