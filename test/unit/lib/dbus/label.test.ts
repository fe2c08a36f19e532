import { expect, it } from 'vitest';
import { busLabel } from '../../../../src/lib/dbus/label.ts';

it.each([
  ['chainfire.service', 'chainfire_2eservice'],
  ['flaredb-cluster-join.service', 'flaredb_2dcluster_2djoin_2eservice'],
  ['getty@tty1.service', 'getty_40tty1_2eservice'],
  ['3proxy_a.service', '_33proxy_5fa_2eservice'],
  ['système.service', 'syst_c3_a8me_2eservice'],
  ['', '_'],
])('writes %s as %s', (name, label) => {
  expect(busLabel(name)).toBe(label);
});
