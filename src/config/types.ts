/** What the program runs with: the config file, flags and defaults put together. Times in ms. */
import type { Banner, ThemeName } from '../core/look.ts';
import type { Inventory } from '../core/model/inventory.ts';
import type { Topology } from '../core/model/topology.ts';

export type PollConfig = {
  /** How often each check is made. */
  readonly intervalMs: number;
  /** How long one probe may take; below the interval. */
  readonly timeoutMs: number;
  /** Failures in a row until a check counts as failing. */
  readonly fall: number;
  /** Passes in a row until it counts as passing again. */
  readonly rise: number;
};

export type TlsConfig = {
  /** PEM text of the authorities that may have signed the nodes' certificates, read when the config was loaded. */
  readonly ca?: string;
  /** PEM text of the client certificate and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** A certificate that ends within so many days is mentioned. */
  readonly warnDays: number;
  /** Certificates are not verified at all. */
  readonly insecure: boolean;
  /** The name that certificates must carry; `{node}` stands for the node's name. Already applied to the inventory. */
  readonly serverName?: string;
};

export type SshConfig = {
  readonly enabled: boolean;
  /** An ssh_config to use instead of the user's own. */
  readonly configFile?: string;
  readonly user?: string;
  /** `Key=value` words for `ssh -o`. None of them runs code on this machine. */
  readonly options: readonly string[];
  /** Commands on the nodes are prefixed with `sudo -n`. */
  readonly sudo: boolean;
  /** Each node's signals and journal are followed, by two more ssh processes for it here. */
  readonly follow: boolean;
  /** Each node's sudo is asked beforehand what the account may do there. */
  readonly checkRights: boolean;
  readonly connectTimeoutMs: number;
  /** How many commands may run at once over one node's connection. */
  readonly maxChannels: number;
};

export type AuditConfig = {
  readonly file: string;
  /** It is put aside before it would grow beyond this, bytes. */
  readonly maxSize: number;
  /** How many of those put aside are kept. */
  readonly keep: number;
  /** A copy of each record goes to the system's log. */
  readonly syslog: boolean;
  /** Nothing runs without a reason. */
  readonly reason: boolean;
};

export type UiConfig = {
  readonly ascii: boolean;
  readonly color: boolean | 'auto';
  readonly theme: ThemeName;
  /** Lines to be read out take the place of the screen. */
  readonly screenReader: boolean;
  /** By command: the keys that it has instead of its own. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  readonly banner?: Banner;
};

export type Config = {
  /** The file it was read from; absent when flags alone made it. */
  readonly file?: string;
  /** All that was read for it: who changes one of them changes the configuration. */
  readonly files: readonly string[];
  readonly cluster: string;
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly poll: PollConfig;
  readonly tls: TlsConfig;
  readonly ssh: SshConfig;
  readonly ui: UiConfig;
  readonly readOnly: boolean;
  readonly audit: AuditConfig;
  /** How many targets of a rolling operation go at a time, where the console asks. */
  readonly actions: { readonly batch: number };
  /** Where logs are saved. */
  readonly logs: { readonly directory: string };
};
