import {
  type Elf,
  ElfType,
  type Segment,
  SegmentFlag,
  SegmentType,
  readElf,
  writeAddress,
} from './elf/read.ts';
import { type Hole, cutHole, segmentTable } from './elf/segments.ts';

/** Where the stub is mapped; build/stub/stub.ld says the same. Below every address that Node uses. */
export const STUB_ADDRESS = 0x20_0000;
/** Everything that is mapped from the file starts at a multiple of the largest page size there is. */
const ALIGNMENT = 0x1_0000;
const MAGIC = 'ATTESEAL';
const MAX_LIBRARIES = 16;

export interface SealParts {
  /** A dynamically linked executable at a fixed address. */
  readonly program: Buffer;
  /** A part of it that nobody reads, to be left out of the file. */
  readonly hole?: Hole;
  readonly stub: Buffer;
  /** ld.so. */
  readonly loader: Buffer;
  readonly libraries: readonly Buffer[];
}

/**
 * Seals a program: appends ld.so and its libraries, and turns PT_INTERP into a segment that maps the stub, which then
 * does from the file itself what the kernel would have done with an interpreter of the container.
 */
export function seal({ program, hole, stub, loader, libraries }: SealParts): Buffer {
  const elf = readElf(program);
  checkProgram(elf, libraries.length);
  const { bytes, segments } = hole
    ? cutHole(program, elf.segments, hole)
    : { bytes: program, segments: [...elf.segments] };

  const file = new Layout(bytes);
  const loaderAt = file.append(loader);
  const librariesAt = libraries.map((library) => file.append(library));
  const mapped = stubSegment(stub, segments);
  fillParameters(mapped.bytes, [
    elf.entry,
    mapped.tableAddress,
    segments.length,
    libraries.length,
    loaderAt,
    loader.length,
    ...libraries.flatMap((library, index) => [librariesAt[index] ?? 0, library.length]),
  ]);
  const stubAt = file.append(mapped.bytes);
  const tableAt = file.append(segmentTable(withStub(segments, stubAt, mapped.bytes.length)));

  const sealed = file.concat();
  sealed.writeUInt16LE(segments.length, 56);
  writeAddress(sealed, 24, STUB_ADDRESS);
  writeAddress(sealed, 32, tableAt);
  forgetSections(sealed);
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

/** The stub, and behind it the headers that ld.so sees: it looks for PT_INTERP, and for the table itself in PT_PHDR. */
function stubSegment(stub: Buffer, segments: readonly Segment[]): { bytes: Buffer; tableAddress: number } {
  const at = Math.ceil(stub.length / 16) * 16;
  const tableAddress = STUB_ADDRESS + at;
  const table = segmentTable(
    segments.map((segment) =>
      segment.type === SegmentType.table ? { ...segment, address: tableAddress } : segment,
    ),
  );
  return { bytes: Buffer.concat([stub, Buffer.alloc(at - stub.length), table]), tableAddress };
}

/** The headers that the kernel sees: the stub in the place of the interpreter. */
function withStub(segments: readonly Segment[], offset: number, size: number): Segment[] {
  const stub: Segment = {
    type: SegmentType.load,
    flags: SegmentFlag.read | SegmentFlag.execute,
    offset,
    address: STUB_ADDRESS,
    fileSize: size,
    memorySize: size,
    alignment: ALIGNMENT,
  };
  return segments.map((segment) => (segment.type === SegmentType.interpreter ? stub : segment));
}

/** The fields of `struct parameters` in build/stub/stub.h, behind its magic. */
function fillParameters(stub: Buffer, fields: readonly number[]): void {
  const at = stub.indexOf(MAGIC, 0, 'latin1');
  if (at < 0) throw new Error('the stub has no room for its parameters');
  fields.forEach((value, index) => {
    writeAddress(stub, at + MAGIC.length + index * 8, value);
  });
}

/** Sections are for linkers and debuggers, and their places in the file are no longer true. */
function forgetSections(file: Buffer): void {
  writeAddress(file, 40, 0);
  file.writeUInt16LE(0, 60);
  file.writeUInt16LE(0, 62);
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
