/* The start of a sealed file.
 *
 * The kernel has mapped Node and found no PT_INTERP, so it jumps here. `prepare` does what the kernel would have done
 * for an interpreter, but takes ld.so and the libraries from this very file: nothing is read from the container, nothing
 * is written to it, nothing is executed again. ld.so then enters `restore`, which removes the traces before Node starts.
 *
 * The segment is read and execute only, so all state lives on the stack: a second, lower stack image is built for ld.so. */
#include "stub.h"

extern void _start_program(void);

/* A stack as the kernel leaves it: argc, arguments, 0, environment, 0, auxiliary vector. */
struct stack {
  const u64 *arguments;
  u64 argument_count;
  const u64 *environment;
  const struct auxiliary *auxiliary;
};

static struct stack read_stack(const u64 *top) {
  struct stack stack = {.argument_count = top[0], .arguments = top + 1};
  const u64 *cursor = stack.environment = stack.arguments + stack.argument_count + 1;
  while (*cursor) cursor++;
  stack.auxiliary = (const struct auxiliary *)(cursor + 1);
  return stack;
}

static u64 auxiliary_value(const struct stack *stack, u64 type, u64 otherwise) {
  for (const struct auxiliary *entry = stack->auxiliary; entry->type != AT_NULL; entry++)
    if (entry->type == type) return entry->value;
  return otherwise;
}

/* Variables that would steer ld.so or malloc: meant for the container's programs, never for the agent's own libraries. */
static int steers_the_loader(const char *variable) {
  return starts_with(variable, "LD_") || starts_with(variable, "GLIBC_TUNABLES=") || starts_with(variable, "MALLOC_");
}

/* Variables that would steer Node and its parts: meant for the container's own programs. How to reach others is meant for the agent too. */
static int steers_node(const char *variable) {
  if (starts_with(variable, "NODE_EXTRA_CA_CERTS=") || starts_with(variable, "NODE_USE_SYSTEM_CA=") ||
      starts_with(variable, "NODE_USE_ENV_PROXY="))
    return 0;
  return starts_with(variable, "NODE_") || starts_with(variable, "UV_") || starts_with(variable, "ICU_") ||
         starts_with(variable, "SIMD"); /* simdutf, simdjson */
}

/* Their first letter becomes its control character, with which no name begins that anybody gave; the agent makes it a letter again
 * (src/shared/take-variables.ts). */
static void hide_from_node(const struct stack *stack) {
  for (const u64 *variable = stack->environment; *variable; variable++)
    if (steers_node((const char *)*variable)) *(char *)*variable &= 0x1f;
}

/* The libraries will be opened below /proc too, so there is no second way to find the file. */
static int open_own_file(void) {
  long file = CALL(openat, AT_FDCWD, "/proc/self/exe", O_RDONLY_CLOEXEC);
  if (file < 0) die("cannot read /proc/self/exe: is /proc mounted, and the file readable?");
  return file;
}

static int equal(const char *text, const char *other) { return starts_with(text, other) && starts_with(other, text); }

/* The commands of src/agent/main.ts that run an action: as a job among others, which needs no supervisor of its own, and hides nothing. */
static int runs_others_code(const struct stack *stack) {
  if (stack->argument_count < 2) return 0;
  const char *command = (const char *)stack->arguments[1];
  return equal(command, "javascript") || equal(command, "javascript-install") || equal(command, "wasm");
}

/* This process stays behind as the supervisor; we go on as its child, the agent. */
static void become_supervised(void) {
  /* From here on, no process of the same user may look into this one: no environment, no memory, no descriptors. */
  int own_oom_score = CALL(openat, AT_FDCWD, "/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC); /* afterwards it can't be opened */
  CALL(prctl, PR_SET_DUMPABLE, 0);
  supervise(-1, own_oom_score);
}

/* Bytes for the second stack image: everything up to the end of the auxiliary vector, two more variables, their texts. */
u64 new_stack_size(const u64 *top) {
  struct stack stack = read_stack(top);
  const struct auxiliary *entry = stack.auxiliary;
  while (entry->type != AT_NULL) entry++;
  return (u64)(entry + 1) - (u64)top + 2 * sizeof(u64) + PRELOAD_TEXT_SIZE + 64;
}

u64 prepare(u64 *new_stack, const u64 *old_stack) {
  struct stack stack = read_stack(old_stack);

  int agent = !runs_others_code(&stack);
  if (agent) become_supervised();
  hide_from_node(&stack);

  u64 *out = new_stack;
  *out++ = stack.argument_count;
  for (u64 i = 0; i <= stack.argument_count; i++) *out++ = stack.arguments[i];

  /* A hidden variable loses its first letter ("D_PRELOAD=…"): ld.so does not know it, and its place is kept. */
  for (const u64 *variable = stack.environment; *variable; variable++)
    *out++ = *variable + (steers_the_loader((const char *)*variable) ? 1 : 0);

  if (agent) *out++ = (u64) "ATTUNE_AGENT_SUPERVISOR=3"; /* AGENT_SOCKET; the agent takes it out again */
  u64 *preload = out++; /* the last variable; its text goes behind the vectors, when their end is known */
  *out++ = 0;

  int file = open_own_file();
  u64 base, entry = map_loader(file, parameters.loader.offset, auxiliary_value(&stack, AT_PAGESZ, 4096), &base);
  u64 secure = auxiliary_value(&stack, AT_SECURE, 0);

  for (const struct auxiliary *in = stack.auxiliary;; in++) {
    u64 value = in->value;
    if (in->type == AT_PHDR) value = parameters.program_headers;
    if (in->type == AT_PHNUM) value = parameters.program_header_count;
    if (in->type == AT_BASE) value = base;
    if (in->type == AT_ENTRY) value = (u64)_start_program;
    if (in->type == AT_SECURE) value = 0;   /* or ld.so would not take our libraries; all that it guards is hidden */
    if (in->type == AT_NULL) value = secure; /* nobody reads this value: `restore` finds the true one here */
    *out++ = in->type;
    *out++ = value;
    if (in->type == AT_NULL) break;
  }

  char *text = (char *)out;
  *preload = (u64)text;
  preload_libraries(file, text);
  CALL(close, file);
  return entry;
}

/* ld.so is done and Node's _start is next: give the container's variables back, and let go of the libraries' files. */
u64 restore(u64 *top) {
  u64 *variable = top + 1 + top[0] + 1;
  for (; variable[1]; variable++)
    if (steers_the_loader((const char *)*variable - 1)) *variable -= 1;
  close_preloaded((const char *)*variable);
  *variable = 0;

  struct auxiliary *first = (struct auxiliary *)(variable + 2), *last = first;
  while (last->type != AT_NULL) last++;
  for (struct auxiliary *entry = first; entry != last; entry++)
    if (entry->type == AT_SECURE) entry->value = last->value;
  return parameters.program_entry;
}
