/* Frames in and out. What is to be sent lies in a buffer of fixed size; while the agent does not take it, no stream and no frame
 * is read, so that nothing grows. */
#include "supervisor.h"

int has_room(struct supervisor *s, u64 bytes) { return s->sending + sizeof(struct header) + bytes <= SEND_BUFFER; }

void put_frame(struct supervisor *s, enum type type, u32 slot, const void *payload, u32 size) {
  struct header header = {.size = size, .type = type, .slot = slot};
  memcpy(s->send + s->sending, &header, sizeof header);
  memcpy(s->send + s->sending + sizeof header, payload, size);
  s->sending += sizeof header + size;
}

static void set_blocked(struct supervisor *s, int blocked) {
  if (s->blocked == blocked) return;
  struct epoll_event event = {.events = blocked ? EPOLLOUT : EPOLLIN, .data = WATCH_SOCKET};
  CALL(epoll_ctl, s->loop, EPOLL_CTL_MOD, s->socket, &event);
  pause_streams(s, blocked);
  s->blocked = blocked;
}

void send_frames(struct supervisor *s) {
  while (s->sent < s->sending && !s->closing) {
    long count = CALL(sendto, s->socket, s->send + s->sent, s->sending - s->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count == -EINTR) continue;
    if (count == -EAGAIN) break;
    if (count <= 0) s->closing = 1;
    else s->sent += count;
  }
  if (s->closing || s->sent == s->sending) s->sent = s->sending = 0;
  set_blocked(s, s->sending > 0);
}

static int is_running(const struct job *job) { return job->state != FREE && job->state != ENDED; }

static void give_credit(struct supervisor *s, struct job *job, const struct credit *credit, u32 size) {
  if (size < sizeof *credit || credit->stream > 1) return;
  job->streams[credit->stream].credit += credit->bytes;
  watch_stream(s, job, credit->stream);
}

static int take_frame(struct supervisor *s, const struct header *header, u8 *payload) {
  if (header->slot >= JOBS) return 0;
  struct job *job = &s->jobs[header->slot];
  u32 cause = SHUTDOWN;
  switch (header->type) {
    case STDIN: take_stdin(s, header->slot, payload, header->size); return 1;
    case START: start_job(s, header->slot, payload, header->size); return 1;
    case CREDIT: if (is_running(job)) give_credit(s, job, (struct credit *)payload, header->size); return 1;
    case END:
      if (header->size >= sizeof cause) memcpy(&cause, payload, sizeof cause);
      end_job(s, job, cause);
      return 1;
    case KILL: kill_job(s, job); return 1;
    default: return 0;
  }
}

void receive_frames(struct supervisor *s) {
  long count = CALL(recvfrom, s->socket, s->receive + s->received, sizeof s->receive - s->received, MSG_DONTWAIT);
  if (count == -EAGAIN || count == -EINTR) return;
  if (count <= 0) s->closing = 1;
  else s->received += count;
}

/* Takes all whole frames as far as there is room for the answers; what is left moves to the front. 1: it was for room. */
int take_frames(struct supervisor *s) {
  struct header header;
  u64 at = 0;
  int full = 0;
  while (s->received - at >= sizeof header && !s->closing) {
    memcpy(&header, s->receive + at, sizeof header);
    if (header.size > MAX_FRAME) s->closing = 1;
    if (s->received - at < sizeof header + header.size) break;
    if ((full = !has_room(s, MAX_ANSWER))) break;
    if (!take_frame(s, &header, s->receive + at + sizeof header)) s->closing = 1;
    at += sizeof header + header.size;
  }
  s->received -= at;
  if (at) memcpy(s->receive, s->receive + at, s->received);
  if (at > KEPT && s->received < KEPT) CALL(madvise, s->receive + KEPT, MAX_FRAME - KEPT, MADV_DONTNEED);
  return full;
}
