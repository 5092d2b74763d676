#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lane.h"

static int file_size(struct job *job) {
  struct stat details;
  if (fstat(job->fd, &details) < 0) return -1;
  job->result = details.st_size;
  return 0;
}

static int open_file(struct job *job) {
  int fd = open(job->path, job->flags | O_CLOEXEC, job->mode);
  job->result = fd;
  return fd;
}

static int close_file(struct job *job) {
  /* Linux has closed the descriptor even if it says EINTR. */
  return close(job->fd) < 0 && errno != EINTR ? -1 : 0;
}

static int run_operation(struct job *job) {
  switch (job->operation) {
    case OP_OPEN: return open_file(job);
    case OP_WRITE: return write_all(job, job->bytes, job->length);
    case OP_WRITE_RECORDS: return write_records(job);
    case OP_SIZE: return file_size(job);
    case OP_TRUNCATE: return ftruncate(job->fd, job->size);
    case OP_SYNC: return fsync(job->fd);
    case OP_RENAME: return rename(job->path, job->dest);
    case OP_UNLINK: return unlink(job->path);
    case OP_CLOSE: return close_file(job);
  }
  errno = EINVAL;
  return -1;
}

void run_job(struct job *job) {
  job->error = run_operation(job) < 0 ? errno : 0;
}

void free_job(struct job *job) {
  free(job->path);
  free(job->dest);
  free(job->records);
  free(job);
}

const char *job_syscall(const struct job *job) {
  static const char *const names[] = {"open", "write", "write", "fstat", "ftruncate", "fsync", "rename", "unlink", "close"};
  return names[job->operation];
}
