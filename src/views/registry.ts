/** The views, as data. A new view is one entry here and its keys in src/keys/bindings.ts. */
import type { ComponentType } from 'react';
import type { ViewId } from '../store/state.ts';
import { Detail } from './detail/Detail.tsx';
import { Events } from './events/Events.tsx';
import { Help } from './help/Help.tsx';
import { Jobs } from './jobs/Jobs.tsx';
import { Nodes } from './nodes/Nodes.tsx';
import type { ViewProps } from './parts/Painted.tsx';
import { Tree } from './tree/Tree.tsx';

export type View = {
  readonly id: ViewId;
  readonly title: string;
  readonly Component: ComponentType<ViewProps>;
};

export const VIEWS: Readonly<Record<ViewId, View>> = {
  tree: { id: 'tree', title: 'Tree', Component: Tree },
  nodes: { id: 'nodes', title: 'Nodes', Component: Nodes },
  events: { id: 'events', title: 'Events', Component: Events },
  jobs: { id: 'jobs', title: 'Jobs', Component: Jobs },
  detail: { id: 'detail', title: 'Detail', Component: Detail },
  help: { id: 'help', title: 'Help', Component: Help },
};
