/** The impact view on screen; what it shows is painted in impact-lines.ts. */
import { PaintedPage, type ViewProps } from '../parts/Painted.tsx';
import { impactPage } from './impact-lines.ts';

export const Impact = (props: ViewProps) => <PaintedPage {...props} painter={impactPage} />;
