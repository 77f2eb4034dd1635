/* What the parts of the stub offer each other, in the order in which a start runs through them. */
#ifndef STUB_H
#define STUB_H

#include "system.h"

/* Written by build/seal.ts behind the magic, in this order: where in the file everything lies. */
struct stored_file {
  u64 offset, size;
};

enum { MAX_LIBRARIES = 16 };

struct parameters {
  u64 magic;
  u64 program_entry;        /* Node's own _start */
  u64 program_headers;      /* address of the original table, with PT_INTERP: ld.so insists on it */
  u64 program_header_count;
  u64 library_count;
  struct stored_file loader; /* ld.so */
  struct stored_file libraries[MAX_LIBRARIES];
};

_Static_assert(sizeof(struct parameters) == 312, "entry.S reserves the room");

extern const struct parameters parameters; /* defined in entry.S, so that the compiler cannot know its values */

/* supervise.c of build/supervisor: the caller stays behind as init and supervisor; returns in each agent that it starts. */
void supervise(int socket, int own_oom_score);

/* libraries.c: copies the libraries into memory files; writes an LD_PRELOAD that names them, returns its end. */
char *preload_libraries(int file, char *text);
void close_preloaded(const char *preload);
enum { PRELOAD_TEXT_SIZE = 16 + MAX_LIBRARIES * 32 };

/* loader.c: maps ld.so from the file at an offset; returns its entry and stores its base address. */
u64 map_loader(int file, u64 offset, u64 page_size, u64 *base);

/* text.c */
int starts_with(const char *text, const char *prefix);
char *append(char *end, const char *text);
char *append_number(char *end, u32 number);
void complain(const char *message);
void die(const char *message) __attribute__((noreturn));

#endif
