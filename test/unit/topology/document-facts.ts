/**
 * Reads docs like test/fixtures/service-dependencies.md (boxes, trees and tables drawn with │ ├ └) into facts: one
 * line of text each, "flaredb | after | chainfire.service". topology-facts.ts says the same of a Topology.
 */

export type DocumentFacts = {
  readonly facts: ReadonlySet<string>;
  /** Edges as the two pictures draw them, where they are not what the units say: "flaredb wants→ plasmavmc". */
  readonly picturedDependencies: ReadonlySet<string>;
  readonly picturedBootOrder: readonly string[];
  readonly legends: readonly string[];
  readonly version: { readonly version: string; readonly updated: string };
};

type Add = (...parts: readonly (string | number)[]) => void;

const fail = (what: string): never => {
  throw new Error(`the document is not understood: ${what}`);
};

/** "FlareDB" → flaredb; the pictures shorten LightningStor. */
const idOf = (title: string): string => {
  switch (title) {
    case 'External Client':
      return 'client';
    case 'Worker Node':
      return 'worker-node';
    case 'Lightning':
      return 'lightningstor';
    default:
      return title.toLowerCase();
  }
};

const words = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const between = (text: string, from: string, to: string): string[] => {
  const start = text.indexOf(from);
  const end = text.indexOf(to, start + from.length);
  if (start < 0 || end < 0) fail(`no section from "${from}" to "${to}"`);
  return text.slice(start + from.length, end).split('\n');
};

/** A line without its frame: "│ ├─ After: x │" → "├─ After: x". */
const inner = (line: string): string => line.replace(/^│\s?/u, '').replace(/\s*│$/u, '').trim();

const readBoot = (lines: readonly string[], add: Add): void => {
  let target = '';
  const order: string[] = [];
  for (const line of lines) {
    const named = /^│\s+([a-z-]+\.target)\s+│$/u.exec(line)?.[1];
    if (named !== undefined) {
      target = named;
      order.push(named);
    }
    const does = /^│\s*•\s*(.+?)\s*│$/u.exec(line)?.[1];
    if (does !== undefined) add('boot', target, 'does', does);
  }
  order.forEach((unit, index) => {
    add('boot', unit, 'after', order[index - 1] ?? 'nothing');
  });
  const numbers =
    lines.find((line) => line.startsWith('[Level 1]')) ?? fail('level numbers of the boot picture');
  const titles = lines[lines.indexOf(numbers) + 1] ?? fail('level titles of the boot picture');
  // "Foundation Core Services Application Services", the last for level 3 and up.
  const [, ...found] = /^(\S+) (\S+) Services (\S+) Services$/u.exec(titles) ?? fail(titles);
  const levels = [...numbers.matchAll(/\[Level (\d)\+?\]/gu)];
  if (levels.length !== found.length) fail(numbers);
  levels.forEach((match, index) => {
    add('boot level', match[1] ?? '', found[index] ?? '');
  });
};

const readServices = (lines: readonly string[], add: Add): void => {
  let level = '';
  let name = '';
  for (const raw of lines) {
    const heading = /^Level (\d): (.+) Services \((.+)\)$/u.exec(raw);
    if (heading !== null) {
      level = heading[1] ?? '';
      add('level', level, 'title', heading[2] ?? '');
      add('level', level, 'description', heading[3] ?? '');
      continue;
    }
    if (raw.startsWith('┌')) {
      name = '';
      continue;
    }
    if (!raw.startsWith('│')) continue;
    const line = inner(raw);
    if (line === '') continue;
    if (name === '') {
      const [, title = '', longName] = /^(\S+)(?: \((.+)\))?$/u.exec(line) ?? fail(line);
      name = idOf(title);
      add(name, 'title', title);
      add(name, 'level', level);
      if (longName !== undefined) add(name, 'long name', longName);
      continue;
    }
    const [, key = '', value = ''] = /^(?:[├└]─ )?(\w+): (.+)$/u.exec(line) ?? fail(line);
    readServiceLine(name, key, value, add);
  }
};

const readServiceLine = (name: string, key: string, value: string, add: Add): void => {
  switch (key) {
    case 'After':
    case 'Requires':
    case 'Wants':
      for (const unit of words(value)) add(name, key.toLowerCase(), unit);
      return;
    case 'Type':
      add(name, 'type', value.replace(' (systemd-aware)', ''));
      return;
    case 'Port':
    case 'Ports':
      for (const port of words(value)) {
        const [, number = '', what = ''] = /^(\d+) \((.+)\)$/u.exec(port) ?? fail(port);
        add(name, 'port', number, what);
      }
      return;
    case 'Data':
      add(name, 'data', value);
      return;
    case 'Backend': {
      const [, title = '', stores = ''] = /^(\S+) \(stores (.+)\)$/u.exec(value) ?? fail(value);
      add(name, 'backend', idOf(title), stores);
      return;
    }
    case 'Start': {
      const [, seconds = '', after] = /^~(\d+) seconds(?: \(after (\S+)\))?$/u.exec(value) ?? fail(value);
      add(name, 'start', `${seconds} s`, after === undefined ? 'from its own' : idOf(after));
      return;
    }
    case 'Purpose':
      add(name, 'purpose', value);
      return;
    case 'Critical': {
      const [, why = ''] = /^Yes \((.+)\)$/u.exec(value) ?? fail(value);
      add(name, 'critical', why);
      return;
    }
    default:
      fail(`${name}: ${key}`);
  }
};

/** Rows of boxes: labels on the arrows, then names, then ports; a ┬ in the lower edge says which box leads on. */
const readDependencyPicture = (lines: readonly string[], add: Add): ReadonlySet<string> => {
  const edges = new Set<string>();
  let parent = '';
  let labels: string[] = [];
  let row: string[] = [];
  for (const line of lines) {
    const found = [...line.matchAll(/\b(After|Requires|Wants)\b/gu)].map((match) => match[1] ?? '');
    if (/^\S+\.target$/u.test(line)) parent = line;
    // A row of labels has no right-hand frame.
    if (found.length > 0) {
      labels = found;
      continue;
    }
    const named = [...line.matchAll(/│\s*([A-Za-z0-9]+)\s*(?=│)/gu)].map((match) => idOf(match[1] ?? ''));
    if (named.length > 0) {
      row = named;
      row.forEach((child, index) => {
        edges.add(`${parent} ${(labels[index] ?? 'nothing').toLowerCase()} ${child}`);
      });
    }
    [...line.matchAll(/Port:\s?(\d+)/gu)].forEach((match, index) => {
      add(row[index] ?? '', 'first port', match[1] ?? '');
    });
    const level = /\(Level (\d)\)/u.exec(line)?.[1];
    if (level !== undefined) add(row.at(-1) ?? '', 'pictured level', level);
    if (/^└[─┬┘└ ]+┘$/u.test(line)) {
      const leads = line.split(' ').findIndex((edge) => edge.includes('┬'));
      if (leads >= 0) parent = row[leads] ?? '';
    }
  }
  return edges;
};

const FLOW_NAME = /^│ ([A-Z]\S+)\s+│(.*)$/u;

const readFlow = (lines: readonly string[], add: Add): void => {
  let from = 'client';
  let label: string | undefined;
  lines.forEach((line, index) => {
    const handed = /^│ ([^│()]+?(?: \(\d+\))?)$/u.exec(line)?.[1];
    if (handed !== undefined) label = handed;
    const [, title, rest = ''] = FLOW_NAME.exec(line) ?? [];
    if (title === undefined) return;
    const to = idOf(title);
    const below = lines[index + 1] ?? '';
    const roles = [...below.matchAll(/\(([^)]+)\)/gu)].map((match) => match[1] ?? '');
    const calls = rest
      .split('──>│')
      .slice(1)
      .map((part) => part.split('│')[0]?.trim() ?? '');
    const note = /│ ([^│]+)$/u.exec(line)?.[1]?.trim();
    // The first box has no role below it but a note at its side.
    const role = roles[0] ?? note ?? fail(`role of ${title}`);
    const [, text = '', port] = /^(.+?)(?: \((\d+)\))?$/u.exec(label ?? '') ?? fail(`label before ${title}`);
    add('flow', from, 'forward', to, text, port ?? 'no port', role);
    let caller = to;
    calls.forEach((called, at) => {
      const returns = roles[at + 1] ?? fail(`role of ${called}`);
      const back = (below.match(/<──/gu) ?? []).length > at ? returns : 'no answer';
      add(
        'flow',
        caller,
        'call',
        idOf(called),
        note !== undefined && at === calls.length - 1 ? note : returns,
        back,
      );
      caller = idOf(called);
    });
    from = to;
  });
};

const SEVERITY: Readonly<Record<string, string>> = { '✗': 'lost', '⚠': 'degraded', '✓': 'works' };

const readImpact = (lines: readonly string[], add: Add): void => {
  let name = '';
  for (const line of lines) {
    const cells = line.split('│').map((cell) => cell.trim());
    if (cells.length !== 3 || cells[0] === 'Service Fails') continue;
    const [title = '', impact = '', mitigation = ''] = cells;
    if (title !== '') name = idOf(title);
    const [, mark = '', text] = /^(\S) (.+)$/u.exec(impact) ?? [];
    if (text !== undefined) add(name, 'impact', SEVERITY[mark] ?? fail(mark), text);
    else if (impact !== '') fail(impact);
    if (mitigation !== '') add(name, 'mitigation', mitigation);
    const quorum = /^Raft quorum \((.+)\)$/u.exec(mitigation)?.[1];
    if (quorum !== undefined) add(name, 'quorum', quorum);
  }
};

const readEndpoints = (lines: readonly string[], add: Add): void => {
  let name = '';
  let endpoint = '';
  let answer = '';
  const finish = (): void => {
    if (endpoint !== '') readEndpoint(name, endpoint, answer, add);
    endpoint = '';
    answer = '';
  };
  for (const line of [...lines, '──']) {
    const cells = line.split('│').map((cell) => cell.trim());
    if (line.startsWith('──')) finish();
    if (cells.length !== 3 || cells[0] === 'Service') continue;
    const [title = '', where = '', expected = ''] = cells;
    if (where !== '') finish();
    if (title !== '') name = idOf(title);
    if (where !== '') endpoint = where;
    answer += expected;
  }
};

const readEndpoint = (name: string, endpoint: string, answer: string, add: Add): void => {
  const dig = /^dig @host \+short (\S+)$/u.exec(endpoint)?.[1];
  if (dig !== undefined) {
    const [, address = '', type = ''] = /^(\S+) \((\w+) record\)$/u.exec(answer) ?? fail(answer);
    add(name, 'check', 'dns', dig, type, address);
    return;
  }
  const [, port = '', path = ''] = /^https:\/\/host:(\d+)(\/\S*)$/u.exec(endpoint) ?? fail(endpoint);
  const text = /^(\S+) \(HTTP (\d+)\)$/u.exec(answer);
  if (text !== null) {
    add(name, 'check', 'https', port, path, `text ${text[1]}`, `status ${text[2]}`);
    return;
  }
  add(name, 'check', 'https', port, path, 'json');
  const body: unknown = JSON.parse(answer);
  for (const [key, value] of Object.entries(body ?? {}))
    add(name, 'answer', `${port}${path}`, key, String(value));
};

const readFirstBoot = (lines: readonly string[], add: Add): string[] => {
  const chain: string[] = [];
  for (const line of lines) {
    const unit = /([a-z-]+\.(?:service|target))(?!\w)/u.exec(line)?.[1];
    if (unit !== undefined) {
      chain.push(unit);
      if (line.endsWith('(First-boot)')) add('step', unit, 'title is a step');
    }
    const label = /^│ (\w+)$/u.exec(line)?.[1];
    if (label !== undefined && label !== 'After') fail(line);
    const does = /[├└]─ (.+?)\s*│$/u.exec(line)?.[1];
    if (does !== undefined) {
      const step = chain.at(-1) ?? '';
      if (!step.endsWith('.service')) fail(line);
      add('step', step, 'does', does);
    }
    if (/^│ (Cluster Ready)\s+│$/u.test(line)) add('ready', 'Cluster Ready');
    const reached = /\((\S+) reached\)/u.exec(line)?.[1];
    if (reached !== undefined) add('ready unit', reached);
  }
  chain.forEach((unit, index) => {
    add('first boot', String(index), unit);
  });
  return chain;
};

const EXCERPT_UNITS: Readonly<Record<string, string>> = {
  'Chainfire service': 'chainfire',
  'FlareDB service': 'flaredb',
  'First-boot cluster join': 'step chainfire-cluster-join.service',
};

const readExcerpts = (text: string, add: Add): void => {
  const parts = text.split(/^# (.+) \(example\)$/mu).slice(1);
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const heading = parts[index] ?? '';
    const name = EXCERPT_UNITS[heading] ?? fail(heading);
    const body = (parts[index + 1] ?? '').trim();
    add(name, 'excerpt', body);
    for (const line of body.split('\n')) readDirective(name, line, add);
  }
};

const readDirective = (name: string, line: string, add: Add): void => {
  const [, key = '', value = ''] = /^(\w+)=(.+)$/u.exec(line) ?? [];
  const seconds = /^(\d+)s$/u.exec(value)?.[1];
  switch (key) {
    case 'After':
    case 'Requires':
    case 'Wants':
    case 'Before':
      for (const unit of value.split(' ')) add(name, key.toLowerCase(), unit);
      return;
    case 'Type':
      add(name, 'type', value);
      return;
    case 'TimeoutStartSec':
      add(name, 'timeout', `${seconds} s`);
      return;
    case 'RestartSec':
      add(name, 'restart', `${seconds} s`);
      return;
    case 'RemainAfterExit':
      add(name, 'remains', value);
      return;
    case 'StateDirectory':
      add(name, 'data', `/var/lib/${value}`);
      return;
    case 'Description':
      add(name, 'description', value.replace(' (First Boot)', ''));
      return;
    default:
      // What is left (User=, ExecStart= …) is held by comparing the whole excerpt.
      return;
  }
};

export const readDocument = (text: string): DocumentFacts => {
  const facts = new Set<string>();
  const add: Add = (...parts) => {
    facts.add(parts.join(' | '));
  };
  readBoot(between(text, 'System Boot', 'Level 1:'), add);
  const services = text.slice(text.indexOf('Level 1: '), text.indexOf('## Dependency Visualization'));
  readServices(services.split('\n'), add);
  const picturedDependencies = readDependencyPicture(between(text, '(direction: top-down)', 'Legend:'), add);
  readFlow(between(text, 'External Client', '## Failure Impact Analysis'), add);
  readImpact(between(text, 'Failure Impact Matrix', 'Legend:'), add);
  readEndpoints(between(text, 'Health Check Endpoint Reference', '## First-Boot'), add);
  const picturedBootOrder = readFirstBoot(
    between(text, '(T032.S4 - First-Boot)', '## Systemd Unit Configuration'),
    add,
  );
  readExcerpts(between(text, '## Systemd Unit Configuration Examples', '\n```\n\n---').join('\n'), add);
  const legends = [...text.matchAll(/^(?:Requires|Wants|After): (.+)$|^([✗⚠✓] .+)$/gmu)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  const [, version = '', updated = ''] =
    /\*\*Document Version:\*\* (\S+)\n\*\*Last Updated:\*\* (\S+)/u.exec(text) ?? fail('version');
  return { facts, picturedDependencies, picturedBootOrder, legends, version: { version, updated } };
};
