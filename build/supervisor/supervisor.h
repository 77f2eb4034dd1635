/* What the parts of the supervisor offer each other. All state lies in one mapping made at the start; nothing is allocated later. */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include "protocol.h"

#define NEVER (~0UL)
#define MILLISECONDS 1000000UL
#define PATIENCE (1000 * MILLISECONDS) /* with a stream that is open and silent though its job is gone */

struct stream {
  int file; /* our end of the pipe; -1: closed */
  int watched;
  u64 credit, bytes;
};

/* RUNNING: its first process lives. LEAVING: that has died of TERM, its group has the rest of the grace. SWEEPING: what is left is
 * killed until nothing is. DRAINING: the pipes are read to their end. ENDED: only the report is not sent yet. */
enum state { FREE, RUNNING, LEAVING, SWEEPING, DRAINING, ENDED };

struct job {
  enum state state;
  int pid;         /* of the first process, and so of its session and group */
  int input;       /* what it reads; only before it runs */
  int group_gone;  /* its number may be another's by now */
  u64 mark;        /* see sweep.c */
  u64 started, alarm, grace, grace_ends, sweep_ends; /* nanoseconds */
  struct stream streams[2];
  struct report report;
};

enum {
  SEND_BUFFER = 128 << 10,
  MAX_ANSWER = 256, /* room for any frame but OUTPUT */
  KEPT = 64 << 10,  /* of the memory for received frames, also the largest page there is; the rest goes back after a large one */
  SCRATCH = 16 << 10,
  STACK = 16 << 10,
};

struct supervisor {
  int socket, signals, loop, pipes; /* `pipes` is an epoll within the epoll: one change stops the reading of all */
  int children, own_oom_score;      /* files in /proc, -1: not there */
  int agent;                        /* a child as well; 0: the parent */
  int exit_code, closing, blocked;
  u32 top;                          /* slots below it have been used */
  u64 now, inherited_mark, last_mark;
  int oom_score;
  struct limit files;
  u64 received, sending, sent;      /* bytes in the buffers, and how many of `send` are sent already */
  struct job jobs[JOBS];
  char *texts[MAX_STRINGS + 4];
  u8 stack[STACK] __attribute__((aligned(16)));
  char scratch[SCRATCH];
  u8 send[SEND_BUFFER];
  u8 receive[MAX_FRAME + sizeof(struct header)] __attribute__((aligned(KEPT)));
};

/* What the epolls watch; a stream is its slot * 2, and 1 more for stderr. */
enum { WATCH_SOCKET = -1, WATCH_SIGNALS = -2, WATCH_PIPES = -3 };

/* supervise.c: runs until the socket is closed and all jobs are gone, then exits. `agent` is 0 or a child to live and die with;
 * `own_oom_score` is our file of that name in /proc, or an error. */
void supervise(int socket, int agent, int own_oom_score) __attribute__((noreturn));

/* frames.c */
int has_room(struct supervisor *s, u64 bytes);
void put_frame(struct supervisor *s, enum type type, u32 slot, const void *payload, u32 size);
void send_frames(struct supervisor *s);
void receive_frames(struct supervisor *s);
int take_frames(struct supervisor *s);

/* spawn.c */
void take_stdin(struct supervisor *s, u32 slot, const u8 *bytes, u32 size);
void start_job(struct supervisor *s, u32 slot, u8 *payload, u32 size);

/* streams.c */
void watch_stream(struct supervisor *s, struct job *job, int index);
void read_stream(struct supervisor *s, u32 slot, int index);
void close_stream(struct stream *stream);
void pause_streams(struct supervisor *s, int pause);

/* ending.c */
void end_job(struct supervisor *s, struct job *job, u32 cause);
void kill_job(struct supervisor *s, struct job *job);
void reap(struct supervisor *s);
void ring(struct supervisor *s, struct job *job);
void drain(struct supervisor *s, struct job *job);
int report_ended(struct supervisor *s);

/* sweep.c */
void choose_marks(struct supervisor *s);
u32 kill_strays(struct supervisor *s, struct job *job);

/* text.c of the stub */
char *append(char *end, const char *text);
char *append_number(char *end, u32 number);
int starts_with(const char *text, const char *prefix);
void *memset(void *target, int value, u64 size);
void *memcpy(void *target, const void *source, u64 size); /* from the first byte on: may move downwards */
void die(const char *message) __attribute__((noreturn));

#endif
