/* The shared libraries. ld.so takes files only, so each is copied from the sealed file into a memory file of its own and
 * named in LD_PRELOAD by its descriptor; ld.so matches it to what Node needs by its soname. */
#include "stub.h"

static const char variable[] = "LD_PRELOAD=";
static const char directory[] = "/proc/self/fd/";

static int memory_file(int file, u64 offset, u64 left) {
  long copy = CALL(memfd_create, "attune-agent-library", MFD_CLOEXEC);
  if (copy < 0) die("memfd_create failed: is it forbidden by a seccomp profile?");
  while (left) {
    long copied = CALL(sendfile, copy, file, &offset, left);
    if (copied <= 0) die("cannot copy a library into memory");
    left -= copied;
  }
  return copy;
}

char *preload_libraries(int file, char *text) {
  text = append(text, variable);
  for (u64 i = 0; i < parameters.library_count; i++) {
    if (i) text = append(text, ":");
    text = append(text, directory);
    text = append_number(text, memory_file(file, parameters.libraries[i].offset, parameters.libraries[i].size));
  }
  return text;
}

void close_preloaded(const char *preload) {
  for (const char *cursor = preload + sizeof variable - 1; *cursor;) {
    u32 file = 0;
    for (cursor += sizeof directory - 1; *cursor && *cursor != ':'; cursor++) file = file * 10 + (*cursor - '0');
    if (*cursor) cursor++;
    CALL(close, file);
  }
}
