/** One line of cells, each padded to its width and never cut; what follows a cell that is too long is moved. */
export function padded(cells: readonly (string | number)[], widths: readonly number[]): string {
  return cells.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join('');
}

/** Width of a column as wide as its longest cell, and some blanks. */
export function widthOf(cells: readonly string[], blanks: number): number {
  return Math.max(...cells.map((cell) => cell.length)) + blanks;
}

/** Rows under their heads, each column as wide as its longest cell and some blanks. */
export function fitted(rows: readonly (readonly string[])[], blanks: number): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    widthOf(
      rows.map((row) => row[at] ?? ''),
      blanks,
    ),
  );
  return rows.map((row) => padded(row, widths)).join('\n');
}
