/**
 * How parameters of our array types are written, by the oid of the array (source: pg_type.dat of PostgreSQL). postgres.js would ask
 * the server for them on every new connection, and the answer that a broken connection never brings would end the process.
 */
export const arraySerializers: Readonly<Record<number, (values: readonly unknown[]) => string>> = {
  /** integer */ 1007: numbersLiteral,
  /** text */ 1009: textsLiteral,
  /** bigint */ 1016: numbersLiteral,
  /** double precision */ 1022: numbersLiteral,
};

function numbersLiteral(values: readonly unknown[]): string {
  return `{${values.map((value) => String(value)).join(',')}}`;
}

function textsLiteral(values: readonly unknown[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : quote(value))).join(',')}}`;
}

function quote(text: unknown): string {
  return `"${String(text).replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
