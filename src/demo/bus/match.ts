/** Match rules of a bus: `type='signal',path='/a/b'`. Pure. */

export type Signal = {
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
};

export type MatchRule = ReadonlyMap<string, string>;

/** The parts of a rule; a value may not hold a quote here. */
export const parseRule = (text: string): MatchRule =>
  new Map([...text.matchAll(/(\w+)='([^']*)'/gu)].map(([, key = '', value = '']) => [key, value]));

/** `senders` tells whom a well-known name belongs to. Rules about arguments match no signal of a unit or a job. */
export const matches = (rule: MatchRule, signal: Signal, senders: ReadonlyMap<string, string>): boolean =>
  [...rule].every(([key, value]) => {
    switch (key) {
      case 'type':
        return value === 'signal';
      case 'sender':
        return (senders.get(value) ?? value) === signal.sender;
      case 'path':
      case 'interface':
      case 'member':
        return value === signal[key];
      case 'path_namespace':
        return signal.path === value || signal.path.startsWith(`${value}/`);
      default:
        return false;
    }
  });
