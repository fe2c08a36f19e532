/** The first-boot view on screen; what it shows is painted in first-boot-lines.ts. */
import { PaintedList, type ViewProps } from '../parts/Painted.tsx';
import { firstBootLines } from './first-boot-lines.ts';

export const FirstBoot = (props: ViewProps) => <PaintedList {...props} painter={firstBootLines} />;
