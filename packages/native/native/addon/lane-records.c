/* Writes of a lane. Records are formatted here, on the thread, into a buffer that stays in the cache for the write. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lane.h"

/* Large writes cost the file system less: it can use large folios. */
enum { OUT_BYTES = 1024 * 1024 };

struct out {
  struct job *job;
  size_t used;
  uint8_t *bytes; /* OUT_BYTES of them */
};

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

static int flush_out(struct out *out) {
  int result = write_all(out->job, out->bytes, out->used);
  out->used = 0;
  return result;
}

static int append(struct out *out, const uint8_t *bytes, size_t length) {
  if (length > OUT_BYTES - out->used && flush_out(out) < 0) return -1;
  if (length >= OUT_BYTES) return write_all(out->job, bytes, length);
  memcpy(out->bytes + out->used, bytes, length);
  out->used += length;
  return 0;
}

static int append_record(struct out *out, const uint8_t *bytes, size_t length) {
  const struct records *records = out->job->records;
  bool whole = length > 0 && bytes[length - 1] == '\n';
  const struct prefix *prefix = whole ? &records->full : &records->partial;
  if (append(out, prefix->bytes, prefix->length) < 0 || append(out, bytes, length) < 0) return -1;
  return whole ? 0 : append(out, (const uint8_t *)"\n", 1);
}

int write_records(struct job *job) {
  const struct records *records = job->records;
  if (*job->scratch == NULL) *job->scratch = malloc(OUT_BYTES);
  if (*job->scratch == NULL) return -1;
  struct out out = {.job = job, .bytes = *job->scratch};
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
