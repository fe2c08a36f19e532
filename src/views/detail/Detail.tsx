/** The detail view on screen; what it shows is painted in detail-lines.ts. */
import { PaintedPage, type ViewProps } from '../parts/Painted.tsx';
import { detailLines } from './detail-lines.ts';

export const Detail = (props: ViewProps) => <PaintedPage {...props} painter={detailLines} />;
