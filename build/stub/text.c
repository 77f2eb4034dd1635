/* Text, without a libc. */
#include "stub.h"

/* GCC may call these two by itself, for structures; volatile keeps it from turning them into calls of themselves. */
void *memset(void *target, int value, u64 size) {
  for (volatile u8 *byte = target; size--;) *byte++ = value;
  return target;
}

void *memcpy(void *target, const void *source, u64 size) {
  const u8 *from = source;
  for (volatile u8 *byte = target; size--;) *byte++ = *from++;
  return target;
}

int starts_with(const char *text, const char *prefix) {
  while (*prefix)
    if (*text++ != *prefix++) return 0;
  return 1;
}

char *append(char *end, const char *text) {
  while ((*end = *text++)) end++;
  return end;
}

char *append_number(char *end, u32 number) {
  if (number > 9) end = append_number(end, number / 10);
  *end++ = '0' + number % 10;
  *end = 0;
  return end;
}

void complain(const char *message) {
  char line[160], *end = append(append(append(line, "attune-agent: "), message), "\n");
  CALL(write, 2, line, end - line);
}

/* 126, as a shell does: the file was found, but could not be run. */
void die(const char *message) {
  complain(message);
  CALL(exit_group, 126);
  __builtin_unreachable();
}
