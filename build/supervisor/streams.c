/* The streams of the jobs: pipes, which we read as far as the agent has given credit and takes what we send. */
#include "supervisor.h"

static u32 slot_of(struct supervisor *s, struct job *job) { return job - s->jobs; }

/* A pipe that is closed at its other end is always ready, so one without credit must not be watched at all. */
void watch_stream(struct supervisor *s, struct job *job, int index) {
  struct stream *stream = &job->streams[index];
  int wanted = stream->file >= 0 && stream->credit > 0;
  if (wanted == stream->watched) return;
  struct epoll_event event = {.events = EPOLLIN, .data = slot_of(s, job) * 2 + index};
  CALL(epoll_ctl, s->pipes, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, stream->file, &event);
  stream->watched = wanted;
  if (job->state == DRAINING && wanted) job->alarm = s->now + PATIENCE;
}

void close_stream(struct stream *stream) {
  if (stream->file >= 0) CALL(close, stream->file); /* which ends the watching as well: nobody else has this end */
  stream->file = -1;
  stream->watched = 0;
}

/* Reads straight into the buffer of what is sent, behind the place of the header. */
void read_stream(struct supervisor *s, u32 slot, int index) {
  struct job *job = &s->jobs[slot];
  struct stream *stream = &job->streams[index];
  if (stream->file < 0 || !has_room(s, sizeof(struct output) + MAX_OUTPUT + MAX_ANSWER)) return;
  u64 most = stream->credit < MAX_OUTPUT ? stream->credit : MAX_OUTPUT;
  struct output output = {.offset = stream->bytes, .stream = index};
  u64 frame = s->sending;

  long count = CALL(read, stream->file, s->send + frame + sizeof(struct header) + sizeof output, most);
  if (count == -EAGAIN || count == -EINTR) return;
  if (count <= 0) {
    close_stream(stream);
    drain(s, job);
    return;
  }
  put_frame(s, OUTPUT, slot, &output, sizeof output);
  struct header header = {.size = sizeof output + count, .type = OUTPUT, .slot = slot};
  memcpy(s->send + frame, &header, sizeof header);
  s->sending += count;
  stream->credit -= count;
  stream->bytes += count;
  if (job->state == DRAINING) job->alarm = s->now + PATIENCE;
  if (stream->credit == 0) watch_stream(s, job, index);
}

void pause_streams(struct supervisor *s, int pause) {
  struct epoll_event event = {.events = pause ? 0 : EPOLLIN, .data = WATCH_PIPES};
  CALL(epoll_ctl, s->loop, EPOLL_CTL_MOD, s->pipes, &event);
}
