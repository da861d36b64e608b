/** Rows by the parent they belong to; every parent asked for is in the map. */
export function grouped<Row>(parentIds: readonly string[], rows: readonly Row[], parentOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>(parentIds.map((id) => [id, []]));
  for (const row of rows) groups.get(parentOf(row))?.push(row);
  return groups;
}
