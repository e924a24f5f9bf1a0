import type { Objects } from '../cluster/objects.ts';

/** A flag of a command, named and explained as in Volcano's own. */
export interface Flag {
  readonly name: string;
  /** One letter; empty when it has none. */
  readonly short: string;
  readonly takes: 'string' | 'int' | 'bool';
  /** Its value when nobody gives one; of a switch, always off. */
  readonly otherwise: string;
  readonly help: string;
}

/** What a flag says. Asking for a flag that the command does not have is a bug. */
export interface Flags {
  text(name: string): string;
  /** A whole number; the parser let nothing else pass. */
  int(name: string): number;
  isOn(name: string): boolean;
}

/** What a command works with. */
export interface FacePorts {
  readonly objects: Objects;
  readonly nowMs: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Content of a file of the user; rejects with the system's words. */
  readonly readFile: (path: string) => Promise<string>;
}

/** A command of Volcano's command line. What it resolves with is printed; a SetupError is told and ends with 255. */
export interface FaceCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly run: (flags: Flags, ports: FacePorts) => Promise<string>;
}

/** Commands about one kind: `vcctl job list`. */
export interface FaceGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly FaceCommand[];
}

/** A flag that takes a text. */
export function text(name: string, short: string, otherwise: string, help: string): Flag {
  return { name, short, takes: 'string', otherwise, help };
}

/** A flag that takes a whole number. */
export function int(name: string, short: string, otherwise: number, help: string): Flag {
  return { name, short, takes: 'int', otherwise: String(otherwise), help };
}

/** A switch. */
export function bool(name: string, help: string): Flag {
  return { name, short: '', takes: 'bool', otherwise: '', help };
}
