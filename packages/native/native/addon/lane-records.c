/* Writes of a lane. Records are formatted here, on the thread, into a buffer that stays in the cache for the write. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lane.h"

int write_all(struct job *job, const uint8_t *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t count = write(job->fd, bytes + done, length - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) {
      errno = EIO;
      return -1;
    }
    done += (size_t)count;
    job->written += (size_t)count;
  }
  return 0;
}

int flush_out(struct out *out) {
  int result = write_all(out->job, out->job->space->bytes, out->used);
  out->used = 0;
  return result;
}

static void append(struct out *out, const void *bytes, size_t length) {
  /* The record may lie where it goes to. */
  memmove(out->job->space->bytes + out->used, bytes, length);
  out->used += length;
}

static int write_large(struct job *job, const struct prefix *prefix, const uint8_t *bytes, size_t length, bool whole) {
  if (write_all(job, prefix->bytes, prefix->length) < 0 || write_all(job, bytes, length) < 0) return -1;
  return whole ? 0 : write_all(job, (const uint8_t *)"\n", 1);
}

int append_record(struct out *out, const uint8_t *bytes, size_t length) {
  bool whole = length > 0 && bytes[length - 1] == '\n';
  const struct prefix *prefix = whole ? out->full : out->partial;
  size_t most = prefix->length + length + 1;
  if (most > out->room - out->used && flush_out(out) < 0) return -1;
  if (most > out->room) return write_large(out->job, prefix, bytes, length, whole);
  append(out, prefix->bytes, prefix->length);
  append(out, bytes, length);
  if (!whole) append(out, "\n", 1);
  return 0;
}

int write_records(struct job *job) {
  const struct records *records = job->records;
  if (make_room(job->space) < 0) return -1;
  struct out out = {.job = job, .full = &records->full, .partial = &records->partial, .room = OUT_BYTES};
  size_t start = records->from == 0 ? 0 : records->ends[records->from - 1];
  for (uint32_t i = records->from; i < records->to; i++) {
    size_t end = records->ends[i];
    if (end < start || end > job->length) {
      errno = EINVAL;
      return -1;
    }
    if (append_record(&out, job->bytes + start, end - start) < 0) return -1;
    start = end;
  }
  return flush_out(&out);
}
