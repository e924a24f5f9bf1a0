import { ReviewLoad } from './review-load.ts';
import type { LoadReport, LoadStart } from './webhook-link.ts';

function tell(report: LoadReport): void {
  process.send?.(report);
}

process.on('disconnect', () => process.exit(0));
process.once('message', (start: LoadStart) => {
  new ReviewLoad(start, tell).run().catch((error: unknown) => tell({ kind: 'failed', message: String(error) }));
});
