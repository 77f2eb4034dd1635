import {
  type Elf,
  ElfType,
  SEGMENT_SIZE,
  SegmentFlag,
  SegmentType,
  readElf,
  writeAddress,
} from './elf/read.ts';

/** Where the stub is mapped; build/stub/stub.ld says the same. Below every address that Node uses. */
export const STUB_ADDRESS = 0x20_0000;
/** Everything that is mapped from the file starts at a multiple of the largest page size there is. */
const ALIGNMENT = 0x1_0000;
const MAGIC = 'ATTESEAL';
const MAX_LIBRARIES = 16;

export interface SealParts {
  /** A dynamically linked executable at a fixed address. */
  readonly program: Buffer;
  readonly stub: Buffer;
  /** ld.so. */
  readonly loader: Buffer;
  readonly libraries: readonly Buffer[];
}

/**
 * Seals a program: appends ld.so and its libraries, and turns PT_INTERP into a segment that maps the stub, which then
 * does from the file itself what the kernel would have done with an interpreter of the container.
 */
export function seal({ program, stub, loader, libraries }: SealParts): Buffer {
  const elf = readElf(program);
  checkProgram(elf, libraries.length);

  const file = new Layout(program);
  const loaderAt = file.append(loader);
  const librariesAt = libraries.map((library) => file.append(library));

  const table = stubSegment(stub, originalTable(program, elf));
  fillParameters(table.bytes, [
    elf.entry,
    table.address,
    elf.segments.length,
    libraries.length,
    loaderAt,
    loader.length,
    ...libraries.flatMap((library, index) => [librariesAt[index] ?? 0, library.length]),
  ]);
  const stubAt = file.append(table.bytes);

  const sealed = file.concat();
  replaceInterpreter(sealed, elf, { offset: stubAt, size: table.bytes.length });
  writeAddress(sealed, 24, STUB_ADDRESS);
  return sealed;
}

function checkProgram(elf: Elf, libraryCount: number): void {
  if (elf.type !== ElfType.executable) throw new Error('the program is not linked to a fixed address');
  if (!elf.segments.some(({ type }) => type === SegmentType.interpreter)) {
    throw new Error('the program has no PT_INTERP');
  }
  const lowest = Math.min(
    ...elf.segments.filter(({ type }) => type === SegmentType.load).map(({ address }) => address),
  );
  if (lowest < STUB_ADDRESS + ALIGNMENT) throw new Error('the program lies where the stub must be');
  if (libraryCount > MAX_LIBRARIES) throw new Error(`more than ${MAX_LIBRARIES} libraries`);
}

/** The program headers before the change: ld.so looks for PT_INTERP in them, and for its own table in PT_PHDR. */
function originalTable(program: Buffer, elf: Elf): Buffer {
  const size = elf.segments.length * SEGMENT_SIZE;
  return Buffer.from(program.subarray(elf.segmentTable, elf.segmentTable + size));
}

/** The stub with the table behind it, and the address at which the table will be. */
function stubSegment(stub: Buffer, table: Buffer): { bytes: Buffer; address: number } {
  const at = Math.ceil(stub.length / 16) * 16;
  const address = STUB_ADDRESS + at;
  for (let header = 0; header < table.length; header += SEGMENT_SIZE) {
    if (table.readUInt32LE(header) !== SegmentType.table) continue;
    writeAddress(table, header + 16, address);
    writeAddress(table, header + 24, address);
  }
  return { bytes: Buffer.concat([stub, Buffer.alloc(at - stub.length), table]), address };
}

/** The fields of `struct parameters` in build/stub/stub.h, behind its magic. */
function fillParameters(stub: Buffer, fields: readonly number[]): void {
  const at = stub.indexOf(MAGIC, 0, 'latin1');
  if (at < 0) throw new Error('the stub has no room for its parameters');
  fields.forEach((value, index) => {
    writeAddress(stub, at + MAGIC.length + index * 8, value);
  });
}

function replaceInterpreter(file: Buffer, elf: Elf, stub: { offset: number; size: number }): void {
  const index = elf.segments.findIndex(({ type }) => type === SegmentType.interpreter);
  const header = elf.segmentTable + index * SEGMENT_SIZE;
  file.writeUInt32LE(SegmentType.load, header);
  file.writeUInt32LE(SegmentFlag.read | SegmentFlag.execute, header + 4);
  [stub.offset, STUB_ADDRESS, STUB_ADDRESS, stub.size, stub.size, ALIGNMENT].forEach((value, field) => {
    writeAddress(file, header + 8 + field * 8, value);
  });
}

/** A file that grows by aligned parts. */
class Layout {
  readonly #parts: Buffer[];
  #size: number;

  constructor(first: Buffer) {
    this.#parts = [first];
    this.#size = first.length;
  }

  append(part: Buffer): number {
    const padding = (ALIGNMENT - (this.#size % ALIGNMENT)) % ALIGNMENT;
    const at = this.#size + padding;
    this.#parts.push(Buffer.alloc(padding), part);
    this.#size = at + part.length;
    return at;
  }

  concat(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
