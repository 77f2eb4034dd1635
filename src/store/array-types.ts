/**
 * How parameters of our array types are written, by the oid of the array (source: pg_type.dat of PostgreSQL). postgres.js would ask
 * the server for them on every new connection, and the answer that a broken connection never brings would end the process.
 */
export const arraySerializers: Readonly<Record<number, (values: readonly unknown[]) => string>> = {
  /** integer */ 1007: (values) => arrayLiteral(values, String),
  /** text */ 1009: (values) => arrayLiteral(values, String),
  /** bigint */ 1016: (values) => arrayLiteral(values, String),
  /** double precision */ 1022: (values) => arrayLiteral(values, String),
};

function arrayLiteral(values: readonly unknown[], write: (value: unknown) => string): string {
  return `{${values.map((value) => (value === null ? 'NULL' : quote(write(value)))).join(',')}}`;
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
