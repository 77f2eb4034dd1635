/* Frames in and out. What is to be sent lies in a buffer of fixed size; while the agent does not take it, no frame of its is read. */
#include "supervisor.h"

/* A little output of a job waits for more of it, or for its end: each time that the agent wakes costs more than what it reads. */
enum { MOST_WAITING = 4096 /* bytes */, LONGEST_WAIT = 1 /* milliseconds */ };

int has_room(struct supervisor *s, u64 bytes) { return s->sending + sizeof(struct header) + bytes <= SEND_BUFFER; }

void put_frame(struct supervisor *s, enum type type, u32 slot, const void *payload, u32 size) {
  struct header header = {.size = size, .type = type, .slot = slot};
  memcpy(s->send + s->sending, &header, sizeof header);
  memcpy(s->send + s->sending + sizeof header, payload, size);
  s->sending += sizeof header + size;
  int waits = type == STARTED || type == OUTPUT;
  s->send_by = least(s->send_by, waits ? s->now + LONGEST_WAIT * MILLISECONDS : s->now);
}

static void set_blocked(struct supervisor *s, int blocked) {
  if (s->blocked == blocked) return;
  struct epoll_event event = {.events = blocked ? EPOLLOUT : EPOLLIN, .data = WATCH_SOCKET};
  CALL(epoll_ctl, s->loop, EPOLL_CTL_MOD, s->socket, &event);
  s->blocked = blocked;
}

void send_frames(struct supervisor *s) {
  if (s->now < s->send_by && s->sending < MOST_WAITING && !s->closing) return;
  while (s->sent < s->sending && s->greeted && !s->closing) {
    long count = CALL(sendto, s->socket, s->send + s->sent, s->sending - s->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count == -EINTR) continue;
    if (count == -EAGAIN) break;
    s->sent = count > 0 ? s->sent + count : s->sending; /* it will not hear us any more: that it is gone is seen elsewhere */
    s->silence = 0;
  }
  if (s->closing || s->sent == s->sending) {
    s->sent = s->sending = 0;
    s->send_by = NEVER;
  }
  if (!s->closing) set_blocked(s, s->sending > 0);
}

static int say_hello(struct supervisor *s, const u8 *payload, u32 size) {
  struct hello hello;
  if (s->greeted || size != sizeof hello) return 0;
  memcpy(&hello, payload, size);
  greet(s, &hello);
  return 1;
}

static int take_note(struct supervisor *s, const u8 *payload, u32 size) {
  if (size > MAX_NOTE) return 0;
  memcpy(s->note, payload, size);
  s->note_size = size;
  return 1;
}

static int say_goodbye(struct supervisor *s) {
  s->serving = 0;
  s->closing = 1;
  return 1;
}

static int give_credit(struct job *job, const struct credit *credit, u32 size) {
  if (size != sizeof *credit || credit->stream > STDERR_STREAM) return 0;
  struct stream *stream = &job->streams[credit->stream];
  stream->credit += least(credit->bytes, NEVER - stream->credit);
  return 1;
}

static int ask_to_end(struct supervisor *s, struct job *job, const u8 *payload, u32 size) {
  u32 cause = EXIT;
  if (size == sizeof cause) memcpy(&cause, payload, size);
  if (cause == EXIT || cause > FENCED) return 0;
  end_job(s, job, cause);
  return 1;
}

static void release(struct supervisor *s, struct job *job) {
  if (job->state != REPORTED) return;
  free_job(job);
  s->restarts = 0;
}

/* 0: it makes no sense. */
static int take_frame(struct supervisor *s, const struct header *header, u8 *payload) {
  if (header->slot >= JOBS || (!s->greeted && header->type != HELLO)) return 0;
  struct job *job = &s->jobs[header->slot];
  switch (header->type) {
    case HELLO: return say_hello(s, payload, header->size);
    case NOTE: return take_note(s, payload, header->size);
    case PING: return 1;
    case START: start_job(s, header->slot, payload, header->size); return 1;
    case CREDIT: return give_credit(job, (struct credit *)payload, header->size);
    case END: return ask_to_end(s, job, payload, header->size);
    case KILL: kill_job(s, job); return 1;
    case RELEASE: release(s, job); return 1;
    case GOODBYE: return say_goodbye(s);
    default: return 0;
  }
}

/* How many bytes came; 0: nothing will come any more, -EAGAIN: nothing now. */
long receive_frames(struct supervisor *s) {
  long count = CALL(recvfrom, s->socket, s->receive + s->received, sizeof s->receive - s->received, MSG_DONTWAIT);
  if (count == -EAGAIN || count == -EINTR) return -EAGAIN;
  if (count <= 0) return 0;
  s->received += count;
  s->silence = 0;
  return count;
}

/* Takes all whole frames as far as there is room for the answers; what is left moves to the front. 1: it was for room. */
int take_frames(struct supervisor *s) {
  struct header header;
  u64 at = 0;
  int full = 0;
  while (s->received - at >= sizeof header && !s->closing) {
    memcpy(&header, s->receive + at, sizeof header);
    if (header.size <= MAX_FRAME && s->received - at < sizeof header + header.size) break;
    if ((full = !has_room(s, MAX_ANSWER))) break;
    if (header.size > MAX_FRAME || !take_frame(s, &header, s->receive + at + sizeof header)) {
      end_conversation(s);
      at = s->received;
      break;
    }
    at += sizeof header + header.size;
  }
  s->received -= at;
  if (at) memcpy(s->receive, s->receive + at, s->received);
  if (at > KEPT && s->received < KEPT) CALL(madvise, s->receive + KEPT, MAX_FRAME - KEPT, MADV_DONTNEED);
  return full;
}
