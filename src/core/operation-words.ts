/** Operations in words that every view, notice and record shares. */
import type { OperationRequest } from './model/operation.ts';

/** "restart chainfire on 3 nodes", "stop 3 marked". */
export const operationName = ({ verb, name }: Pick<OperationRequest, 'verb' | 'name'>): string =>
  `${verb} ${name}`;
