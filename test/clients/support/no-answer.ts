/** What a client is installed from gave nothing, so the client could not be tried. This says nothing about Sluice. */
export class NoAnswer extends Error {}

/** How Go, pip and the like say that a registry cannot be reached, or does not give what was asked for. */
const SILENCE =
  /dial tcp|no such host|i\/o timeout|TLS handshake timeout|connection refused|connection reset|server response:|: (?:40[0-9]|429|5\d\d) |Could not find a version|No matching distribution|NewConnectionError|Max retries exceeded|Read timed out|HTTP Error|Temporary failure in name resolution/;

/** The error for an installation that failed: told apart by whether it is the registry's doing. */
export function installationError(what: string, output: string): Error {
  const lines = output.trim().split('\n');
  const silent = lines.find((line) => SILENCE.test(line));
  if (silent !== undefined) return new NoAnswer(`${what}: ${silent.trim().slice(0, 300)}`);
  return new Error([`${what} cannot be installed`, ...lines.slice(-8)].join('\n    '));
}

/** Why a client cannot be tried here; undefined once it is installed. */
export async function absenceOf(installed: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await installed();
    return undefined;
  } catch (error) {
    if (error instanceof NoAnswer) return error.message;
    throw error;
  }
}

/** Installs what the tests of a suite need, and skips them with the reason where it cannot be had. */
export async function installOrSkip(suite: Mocha.Context, install: () => Promise<unknown>): Promise<void> {
  const absence = await absenceOf(install);
  if (absence === undefined) return;
  console.log(absence);
  suite.skip();
}
