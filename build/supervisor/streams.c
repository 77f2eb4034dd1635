/* The streams of the jobs: pipes that we read as they fill, so that no job waits for the agent.
 *
 * What is read is kept in a memory file of the job, and sent from there as far as the agent has given credit: first the head of
 * the stream; its tail, a ring, when the stream has ended. All of it stays until the agent releases the job: another agent may need it. */
#include "supervisor.h"

/* Where in the file a byte of a stream lies, and how many from there on lie together. */
static u64 find_place(const struct job *job, enum stream_index index, u64 offset, u64 *together) {
  *together = MAX_FRAME - offset;
  if (index == RECORD_STREAM) return offset;
  u64 start = MAX_FRAME + index * (job->head + job->tail);
  *together = job->head - offset;
  if (offset < job->head) return start + offset;
  u64 in_ring = (offset - job->head) % job->tail;
  *together = job->tail - in_ring;
  return start + job->head + in_ring;
}

/* 0: there is no memory for it. */
int write_all(int file, const u8 *bytes, u64 count, u64 place) {
  for (long size; count; bytes += size, count -= size, place += size)
    if ((size = CALL(pwrite, file, bytes, count, place)) <= 0) return 0;
  return 1;
}

/* 0: there is no memory for it. */
int keep(struct job *job, enum stream_index index, const u8 *bytes, u64 count) {
  u64 *written = &job->streams[index].written, together;
  for (u64 size; count; bytes += size, count -= size, *written += size) {
    u64 place = find_place(job, index, *written, &together);
    size = least(count, together);
    if (!write_all(job->store, bytes, size, place)) return 0;
  }
  return 1;
}

void close_stream(struct stream *stream) {
  if (stream->file >= 0) CALL(close, stream->file); /* which ends the watching as well: nobody else has this end */
  stream->file = -1;
}

void read_stream(struct supervisor *s, struct job *job, enum stream_index index) {
  struct stream *stream = &job->streams[index];
  if (job->state == FREE || stream->file < 0) return;
  long count = CALL(read, stream->file, s->scratch, SCRATCH);
  if (count == -EAGAIN || count == -EINTR) return;
  int kept = count <= 0 || keep(job, index, (u8 *)s->scratch, count);
  if (!kept) job->report.lost = NO_MEMORY;
  if (count > 0 && kept) return;
  close_stream(stream);
  drain(s, job);
}

/* Between head and tail is what was dropped; where the tail begins is known when the stream has ended. */
static int skip_to_tail(const struct job *job, struct stream *stream) {
  if (stream->sent < job->head) return 1;
  if (stream->file >= 0) return 0;
  u64 dropped = stream->written > job->tail ? stream->written - job->tail : 0;
  if (stream->sent < dropped) stream->sent = dropped;
  return 1;
}

/* One piece; 1: there is more, or there was no room. */
int offer_stream(struct supervisor *s, u32 slot, enum stream_index index) {
  struct job *job = &s->jobs[slot];
  struct stream *stream = &job->streams[index];
  u64 together;
  if (job->state == FREE || stream->sent == stream->written || !stream->credit) return 0;
  if (index != RECORD_STREAM && !skip_to_tail(job, stream)) return 0;
  if (!has_room(s, sizeof(struct output) + MAX_OUTPUT + MAX_ANSWER)) return 1;

  struct output output = {.offset = stream->sent, .stream = index};
  u64 place = find_place(job, index, stream->sent, &together);
  u64 size = least(least(stream->credit, MAX_OUTPUT), least(together, stream->written - stream->sent));
  u8 *frame = s->send + s->sending;
  put_frame(s, OUTPUT, slot, &output, sizeof output);
  CALL(pread, job->store, s->send + s->sending, size, place);
  ((struct header *)frame)->size += size;
  s->sending += size;
  stream->sent += size;
  stream->credit -= size;
  return stream->sent < stream->written && stream->credit;
}
