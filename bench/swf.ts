/** One job of a log in the Standard Workload Format; times in seconds. */
export interface LoggedJob {
  readonly submit: number;
  readonly run: number;
  /** What its user asked for; the run time where the log has none, or less. */
  readonly estimate: number;
  readonly processors: number;
}

/**
 * The jobs of a log that ran, by when they came. Columns (from 0): 1 submit, 3 run, 4 and 7 processors allocated and asked for,
 * 8 asked time; -1 is unknown, and `;` begins a comment. What asks for more than the machine has is left out.
 */
export function readSwf(text: string, processors: number): LoggedJob[] {
  const jobs: LoggedJob[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith(';')) continue;
    const columns = line.trim().split(/\s+/).map(Number);
    const [submit = 0, run = 0] = [columns[1], columns[3]];
    const size = Math.max(columns[7] ?? -1, columns[4] ?? -1);
    if (run <= 0 || size <= 0 || size > processors) continue;
    jobs.push({ submit, run, estimate: Math.max(run, columns[8] ?? -1), processors: size });
  }
  return jobs.sort((a, b) => a.submit - b.submit);
}
