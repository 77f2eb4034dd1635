/* The supervisor as an ordinary program under the sanitizers of GCC. What it takes from a frame is copied first into memory of just
 * that size, and what it gives to the kernel is looked at, so that a byte too far is seen. */
#include "../../../build/supervisor/supervisor.h"

/* Of libc and libasan. */
void *malloc(u64 size);
void free(void *memory);
enum { O_CREAT = 0100 };
const u8 *__asan_region_is_poisoned(const u8 *begin, u64 size);
const char *__asan_default_options(void) { return "detect_leaks=0:log_path=" REPORTS; }
const char *__ubsan_default_options(void) { return "print_stacktrace=1"; }

/* It tells stderr, and that may be the stream of a job by then: so there is a file besides. */
void __ubsan_on_report(void) { CALL(openat, AT_FDCWD, REPORTS ".undefined", O_CREAT, 0600); }

void __real_start_job(struct supervisor *s, u32 slot, u8 *payload, u32 size);
void __wrap_start_job(struct supervisor *s, u32 slot, u8 *payload, u32 size) {
  u8 *copy = memcpy(malloc(size), payload, size);
  __real_start_job(s, slot, copy, size);
  free(copy);
}

/* The kernel may read what the program itself must not; touching the first such byte makes a report. */
static void look_at(const u8 *bytes, u64 count) {
  const volatile u8 *forbidden = count ? __asan_region_is_poisoned(bytes, count) : 0;
  if (forbidden) (void)*forbidden;
}

int __real_write_all(int file, const u8 *bytes, u64 count, u64 place);
int __wrap_write_all(int file, const u8 *bytes, u64 count, u64 place) {
  look_at(bytes, count);
  return __real_write_all(file, bytes, count, place);
}

int __real_keep(struct job *job, enum stream_index index, const u8 *bytes, u64 count);
int __wrap_keep(struct job *job, enum stream_index index, const u8 *bytes, u64 count) {
  look_at(bytes, count);
  return __real_keep(job, index, bytes, count);
}

void help(u64 *stack); /* helper.c: takes the stack as the kernel leaves it, with the count below the arguments */

int main(int count, char **arguments) {
  (void)count;
  help((u64 *)arguments - 1);
}
