/* Maps ld.so straight from the sealed file, as the kernel would map an interpreter. */
#include "stub.h"

enum { MAX_HEADERS = 16 };

static u64 round_up(u64 value, u64 page_size) { return (value + page_size - 1) & -page_size; }

static int protection(u32 flags) {
  return (flags & PF_READ ? PROT_READ : 0) | (flags & PF_WRITE ? PROT_WRITE : 0) | (flags & PF_EXECUTE ? PROT_EXEC : 0);
}

static void map_segment(int file, u64 offset, const struct program_header *segment, u64 base, u64 page_size) {
  u64 within_page = segment->address & (page_size - 1), start = base + segment->address - within_page;
  u64 file_end = base + segment->address + segment->file_size, memory_end = base + segment->address + segment->memory_size;
  int access = protection(segment->flags);

  if (is_error(CALL(mmap, start, file_end - start, access, MAP_PRIVATE | MAP_FIXED, file,
                    offset + segment->offset - within_page)))
    die("cannot map ld.so");
  if (memory_end == file_end) return;

  /* Zero to the end of the page, not only of the bss: ld.so's first malloc takes the rest of that page. */
  u64 page_end = round_up(file_end, page_size);
  for (volatile u8 *byte = (volatile u8 *)file_end; (u64)byte < page_end; byte++) *byte = 0;
  if (memory_end > page_end &&
      is_error(CALL(mmap, page_end, memory_end - page_end, access, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0)))
    die("cannot map the memory of ld.so");
}

u64 map_loader(int file, u64 offset, u64 page_size, u64 *base) {
  struct elf_header header;
  struct program_header segments[MAX_HEADERS];
  if (CALL(pread, file, &header, sizeof header, offset) != sizeof header || header.program_header_count > MAX_HEADERS)
    die("cannot read the header of ld.so");
  long table_size = header.program_header_count * sizeof *segments;
  if (CALL(pread, file, segments, table_size, offset + header.program_headers) != table_size)
    die("cannot read the segments of ld.so");

  u64 size = 0;
  for (int i = 0; i < header.program_header_count; i++)
    if (segments[i].type == PT_LOAD) size = segments[i].address + segments[i].memory_size; /* they are in order */
  *base = CALL(mmap, 0, round_up(size, page_size), 0, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (is_error(*base)) die("no address space for ld.so");

  for (int i = 0; i < header.program_header_count; i++)
    if (segments[i].type == PT_LOAD) map_segment(file, offset, &segments[i], *base, page_size);
  return *base + header.entry;
}
