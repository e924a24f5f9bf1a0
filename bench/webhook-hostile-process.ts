import { ReviewConnection } from './review-connection.ts';
import { hostileBodies, httpRequest } from './webhook-review.ts';
import type { HostileReport, HostileStart } from './webhook-link.ts';

function tell(report: HostileReport): void {
  process.send?.(report);
}

/** Sends the largest reviews that the server takes, and larger ones, one after the other on each connection, until it is ended. */
async function attack({ port, bundlePem, connections }: HostileStart): Promise<void> {
  const requests = hostileBodies().map((body) => httpRequest(body));
  let answered = 0;
  for (let c = 0; c < connections; c += 1) {
    let next = c;
    const send = (connection: ReviewConnection): void => {
      const request = requests[next % requests.length];
      next += 1;
      if (request !== undefined) connection.send(request);
    };
    const connection = await ReviewConnection.open(port, bundlePem, {
      onAnswer: () => {
        answered += 1;
        send(connection);
      },
      onBroken: (message) => tell({ kind: 'failed', message }),
    });
    send(connection);
  }
  tell({ kind: 'attacking' });
  process.on('message', () => tell({ kind: 'answered', answered }));
}

process.on('disconnect', () => process.exit(0));
process.once('message', (start: HostileStart) => {
  attack(start).catch((error: unknown) => tell({ kind: 'failed', message: String(error) }));
});
