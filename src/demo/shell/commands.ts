/** The commands of a simulated node: what the console sends and what an operator would type. */
import { journalctl } from './journalctl.ts';
import { isRoot, polkitOf } from './privilege.ts';
import { done, failed, monotonicMs, type Reply, type Shell, systemdDate } from './reply.ts';
import { systemctl } from './systemctl.ts';

type Command = (shell: Shell, args: readonly string[]) => Reply;

const uptimeMs = (shell: Shell): number => monotonicMs(shell.manager, shell.world.nowMs);

/** The files that can be read on a node. */
const file = (shell: Shell, path: string): string | undefined => {
  switch (path) {
    case '/proc/uptime': {
      const seconds = uptimeMs(shell) / 1000;
      return `${seconds.toFixed(2)} ${(seconds * 3.6).toFixed(2)}\n`;
    }
    case '/proc/sys/kernel/random/boot_id':
      return `${shell.manager.bootId}\n`;
    case '/etc/hostname':
      return `${shell.node}\n`;
    default:
      return undefined;
  }
};

const cat: Command = (shell, args) => {
  let out = '';
  let err = '';
  for (const path of args.filter((word) => word !== '--')) {
    const text = file(shell, path);
    if (text === undefined) err += `cat: ${path}: No such file or directory\n`;
    else out += text;
  }
  return failed(err, err === '' ? 0 : 1, out);
};

const uptime: Command = (shell) => {
  const minutes = Math.floor(uptimeMs(shell) / 60_000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const clock = new Date(shell.wallMs(shell.world.nowMs)).toISOString().slice(11, 19);
  const up = `${days > 0 ? `${days} days, ` : ''}${hours}:${String(minutes % 60).padStart(2, '0')}`;
  return done(` ${clock} up ${up},  1 user,  load average: 0.08, 0.12, 0.10\n`);
};

const date: Command = (shell, args) => {
  const wallMs = shell.wallMs(shell.world.nowMs);
  if (args[0] === '+%s') return done(`${Math.floor(wallMs / 1000)}\n`);
  return done(`${systemdDate(wallMs)}\n`);
};

const echo: Command = (_, args) =>
  args[0] === '-n' ? done(args.slice(1).join(' ')) : done(`${args.join(' ')}\n`);

const reboot: Command = (shell) => {
  shell.world.reboot(shell.node);
  return done('');
};

const PATH = /^(?:\/usr)?\/s?bin\//u;

/** `sudo -n`, `sudo --`, `sudo -n -l -- COMMAND`: everybody may do everything, but for the scenario's sudoers. */
const sudo: Command = (shell, args) => {
  const { user } = shell;
  const from = args.findIndex((word) => !word.startsWith('-'));
  const rest = from < 0 ? [] : args.slice(from);
  if (rest.length === 0) return failed('usage: sudo -n command\n', 1);
  const allowed = shell.world.scenario.sudoers?.get(shell.node);
  const may = allowed === undefined || (rest[0] === 'systemctl' && allowed.includes(rest[1] ?? ''));
  const isQuestion = args.slice(0, from).includes('-l');
  const path = `/usr/bin/${(rest[0] ?? '').replace(PATH, '')}`;
  const command = `${isQuestion ? 'list ' : ''}${[path, ...rest.slice(1)].join(' ')}`;
  const log = (refusal: string): void => {
    const where = `PWD=/home/${user} ; USER=root ; COMMAND=${command}`;
    shell.manager.logSession('sudo', `${user.padStart(8)} : ${refusal}${where}`, shell.world.nowMs);
  };
  // It tells without a password to whom it lets do anything without one.
  if (!may && !(isQuestion && allowed.length > 0)) {
    log('a password is required ; ');
    return failed('sudo: a password is required\n', 1);
  }
  log('');
  if (isQuestion) return may ? done(`/usr/bin/${rest.join(' ')}\n`) : done('', 1);
  return runCommand({ ...shell, user: 'root' }, rest);
};

const id: Command = (shell, args) =>
  args[0] === '-u' ? done(isRoot(shell) ? '0\n' : '1000\n') : done(`${shell.user}\n`);

/** Of an account that may not, it asks nobody for a password. */
const pkcheck: Command = (shell, args) => {
  const action = args[args.indexOf('--action-id') + 1] ?? '';
  if (action !== 'org.freedesktop.systemd1.manage-units') {
    return failed(`Error checking for authorization ${action}: Action ${action} is not registered\n`, 127);
  }
  const polkit = polkitOf(shell);
  if (polkit === 'absent') return failed('sh: 1: pkcheck: not found\n', 127);
  if (isRoot(shell) || polkit === 'open') return done('');
  return failed("Authorization requires authentication and -u wasn't passed.\n", 2);
};

const busctl: Command = (shell, args) => {
  if (!args.includes('list')) return failed('The demo has busctl list alone.\n', 1);
  const names = [
    'org.freedesktop.DBus        1 dbus-daemon   root    :1.0 dbus.service    - -',
    ...(polkitOf(shell) === 'absent'
      ? []
      : ['org.freedesktop.PolicyKit1 912 polkitd       polkitd :1.4 polkit.service  - -']),
    'org.freedesktop.systemd1    1 systemd       root    :1.1 init.scope      - -',
  ];
  return done(`${names.join('\n')}\n`);
};

const HELP = `This node exists only inside plasmatop's demo. What works here:
  systemctl start|stop|restart|reset-failed|kill|show|status|is-active|is-failed|is-enabled
            daemon-reload|is-system-running|list-jobs|list-units|list-dependencies   (with or without sudo)
  journalctl -u UNIT -n N -o short|json|cat|short-iso|short-monotonic -f -b -1 -p err -S -2h FIELD=VALUE
  reboot  hostname  uptime  date  whoami  cat /proc/uptime  echo  true  false  help  exit
`;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['systemctl', systemctl],
  ['journalctl', journalctl],
  ['cat', cat],
  ['uptime', uptime],
  ['date', date],
  ['echo', echo],
  ['sudo', sudo],
  ['reboot', reboot],
  ['help', () => done(HELP)],
  ['hostname', (shell) => done(`${shell.node}\n`)],
  ['whoami', (shell) => done(`${shell.user}\n`)],
  ['true', () => done('')],
  [':', () => done('')],
  ['false', () => done('', 1)],
  ['id', id],
  ['pkcheck', pkcheck],
  ['busctl', busctl],
  ['command', (shell, args) => runCommand(shell, args)],
  ['exec', (shell, args) => runCommand(shell, args)],
  ['env', (shell, args) => runCommand(shell, args)],
]);

const ASSIGNMENT = /^[A-Za-z_]\w*=/u;

/** Runs one command; assignments before it are accepted and mean nothing here. */
export const runCommand = (shell: Shell, words: readonly string[]): Reply => {
  const from = words.findIndex((word) => !ASSIGNMENT.test(word));
  const [name = '', ...args] = from < 0 ? [] : words.slice(from);
  if (name === '') return done('');
  const path = name.replace(PATH, '');
  return COMMANDS.get(path)?.(shell, args) ?? failed(`sh: 1: ${name}: not found\n`, 127);
};
