/** The logs view on screen; what it shows is painted in log-lines.ts. */
import { useCallback, useEffect } from 'react';
import { useAppState, useStore } from '../../hooks/use-store.ts';
import type { AppState } from '../../store/state.ts';
import { PaintedList, type ViewProps } from '../parts/Painted.tsx';
import { firstPageRows, logLines } from './log-lines.ts';

export const Logs = (props: ViewProps) => {
  const { room, theme } = props;
  const store = useStore();
  const measure = useCallback((state: AppState) => firstPageRows(state, room, theme), [room, theme]);
  const lines = useAppState(measure);
  useEffect(() => {
    store.dispatch({ kind: 'measured', lines });
  }, [store, lines]);
  return <PaintedList {...props} painter={logLines} />;
};
