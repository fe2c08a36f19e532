/** The views, as data. A new view is one entry here and its keys in src/keys/bindings.ts. */
import type { ComponentType } from 'react';
import type { ViewId } from '../store/state.ts';
import { Detail } from './detail/Detail.tsx';
import { Events } from './events/Events.tsx';
import { FirstBoot } from './first-boot/FirstBoot.tsx';
import { Help } from './help/Help.tsx';
import { Impact } from './impact/Impact.tsx';
import { Jobs } from './jobs/Jobs.tsx';
import { Logs } from './logs/Logs.tsx';
import { Nodes } from './nodes/Nodes.tsx';
import type { ViewProps } from './parts/Painted.tsx';
import { Steps } from './steps/Steps.tsx';
import { Tree } from './tree/Tree.tsx';
import { WhatIfPage } from './what-if/WhatIfPage.tsx';

export type View = {
  readonly id: ViewId;
  readonly Component: ComponentType<ViewProps>;
};

export const VIEWS: Readonly<Record<ViewId, View>> = {
  tree: { id: 'tree', Component: Tree },
  nodes: { id: 'nodes', Component: Nodes },
  events: { id: 'events', Component: Events },
  jobs: { id: 'jobs', Component: Jobs },
  'first-boot': { id: 'first-boot', Component: FirstBoot },
  impact: { id: 'impact', Component: Impact },
  detail: { id: 'detail', Component: Detail },
  'what-if': { id: 'what-if', Component: WhatIfPage },
  steps: { id: 'steps', Component: Steps },
  logs: { id: 'logs', Component: Logs },
  help: { id: 'help', Component: Help },
};
