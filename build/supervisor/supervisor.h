/* What the parts of the supervisor offer each other. All state lies in one mapping made at the start; nothing is allocated later. */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include "protocol.h"

#define NEVER (~0UL)
#define MILLISECONDS 1000000UL /* the clock counts nanoseconds */
#define LONGEST (1UL << 42)    /* milliseconds, a century: what is longer is as long */

static inline u64 least(u64 one, u64 other) { return one < other ? one : other; }

struct stream {
  int file;                  /* our end of the pipe; -1: closed */
  u64 written, sent, credit; /* bytes: read from the pipe, sent to this agent, that may be sent besides */
};

/* RUNNING: its first process lives. KILLED: that should be dead any moment. LEAVING: it has died of TERM, its group has the rest of
 * the grace. SWEEPING: what is left is killed until nothing is. DRAINING: the pipes are read to their end. ENDED: there is only
 * more to send. REPORTED: the agent knows; what is kept may be asked for by another one. */
enum state { FREE, RUNNING, KILLED, LEAVING, SWEEPING, DRAINING, ENDED, REPORTED };

struct job {
  enum state state;
  int pid;          /* of the first process, and so of its session and group */
  int store;        /* the memory file of what is kept, see streams.c; -1: none */
  int group_gone;   /* its number may be another's by now */
  u64 mark;         /* see sweep.c */
  u64 head, tail;
  u64 started, alarm, grace, grace_ends, sweep_began;
  struct stream streams[STREAMS];
  struct report report;
};

enum {
  SEND_BUFFER = 128 << 10,
  MAX_ANSWER = 256, /* room for any frame but OUTPUT and GREETING */
  KEPT = 64 << 10,  /* of the memory for received frames, also the largest page there is; the rest goes back after a large one */
  SCRATCH = 32 << 10,
  STACK = 16 << 10,
};

struct supervisor {
  int signals, loop;
  int children, own_oom_score; /* files in /proc, -1: not there */
  int socket, agent;           /* -1, 0: none */
  int starts_agents;           /* it is our child; otherwise our parent */
  int greeted;                 /* by the agent of now */
  int serving;                 /* an agent has greeted us, and none has said goodbye */
  int stops, hung_up, restarts, silence, exit_code, closing, blocked;
  u32 top;                     /* slots below it have been used */
  u64 send_by; /* what waits is sent then at the latest */
  u64 now, agent_started, start_agent_at, next_look, look_every, stop_time, stop_by;
  u64 inherited_mark, last_mark, inherited_signals, ignored_signals;
  int oom_score;
  struct limit files;
  u64 received, sending, sent; /* bytes in the buffers, and how many of `send` are sent already */
  u32 note_size;
  u8 note[MAX_NOTE];
  struct job jobs[JOBS];
  char *texts[MAX_STRINGS + 4];
  u8 stack[STACK] __attribute__((aligned(16)));
  char scratch[SCRATCH];
  u8 send[SEND_BUFFER];
  u8 receive[MAX_FRAME + sizeof(struct header)] __attribute__((aligned(KEPT)));
};

/* What the epoll watches; a stream is its slot * 2, and 1 more for stderr. */
enum { WATCH_SOCKET = -1, WATCH_SIGNALS = -2 };

/* supervise.c. With a socket: to the agent that started us; it lives until that is closed and all jobs are gone. With -1: starts the agent
 * as a child, and another one when it dies; RETURNS IN EACH OF THEM, with AGENT_SOCKET open, and itself exits in the end.
 * `own_oom_score` is our file of that name in /proc, or an error. */
void supervise(int socket, int own_oom_score);
void watch(struct supervisor *s, int file, long data);

/* agent.c */
int start_agent(struct supervisor *s);
void greet(struct supervisor *s, const struct hello *hello);
void agent_died(struct supervisor *s, int code);
void look_after_agent(struct supervisor *s);
void pass_signal(struct supervisor *s, int signal);
void end_conversation(struct supervisor *s);

/* frames.c */
int has_room(struct supervisor *s, u64 bytes);
void put_frame(struct supervisor *s, enum type type, u32 slot, const void *payload, u32 size);
void send_frames(struct supervisor *s);
long receive_frames(struct supervisor *s);
int take_frames(struct supervisor *s);

/* spawn.c */
void start_job(struct supervisor *s, u32 slot, u8 *payload, u32 size);
void free_job(struct job *job);

/* streams.c */
int write_all(int file, const u8 *bytes, u64 count, u64 place);
int keep(struct job *job, enum stream_index index, const u8 *bytes, u64 count);
void read_stream(struct supervisor *s, struct job *job, enum stream_index index);
int offer_stream(struct supervisor *s, u32 slot, enum stream_index index);
void close_stream(struct stream *stream);

/* ending.c */
void end_job(struct supervisor *s, struct job *job, u32 cause);
void kill_job(struct supervisor *s, struct job *job);
void reap(struct supervisor *s);
struct job *job_of(struct supervisor *s, int pid); /* whose first process it is; 0: none's */
void ring(struct supervisor *s, struct job *job);
void drain(struct supervisor *s, struct job *job);
int report_job(struct supervisor *s, u32 slot);

/* sweep.c */
void choose_marks(struct supervisor *s);
u32 kill_strays(struct supervisor *s, struct job *job);

/* text.c of the stub */
char *append(char *end, const char *text);
char *append_number(char *end, u32 number);
int starts_with(const char *text, const char *prefix);
void *memset(void *target, int value, u64 size);
void *memcpy(void *target, const void *source, u64 size); /* from the first byte on: may move downwards */
void complain(const char *message);
void die(const char *message) __attribute__((noreturn));

#endif
