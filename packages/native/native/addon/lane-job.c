#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lane.h"

static int file_size(struct job *job) {
  struct stat details;
  if (fstat(job->fd, &details) < 0) return -1;
  job->result = details.st_size;
  return 0;
}

static int read_file(struct job *job) {
  size_t done = 0;
  while (done < job->length) {
    ssize_t count = pread(job->fd, job->room + done, job->length - done, job->size + (off_t)done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) break;
    done += (size_t)count;
  }
  job->result = (int64_t)done;
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

/* The result tells whether the lock is had: another holder is no error. */
static int lock_file(struct job *job) {
  int result;
  do result = flock(job->fd, LOCK_EX | LOCK_NB);
  while (result < 0 && errno == EINTR);
  job->result = result == 0;
  return result < 0 && errno == EWOULDBLOCK ? 0 : result;
}

static int run_operation(struct job *job) {
  switch (job->operation) {
    case OP_OPEN: return open_file(job);
    case OP_READ: return read_file(job);
    case OP_WRITE: return write_all(job, job->bytes, job->length);
    case OP_WRITE_RECORDS: return write_records(job);
    case OP_MOVE: return move_records(job);
    case OP_LOCK: return lock_file(job);
    case OP_SIZE: return file_size(job);
    case OP_STAT: return fstat(job->fd, &job->details);
    case OP_CHMOD: return fchmod(job->fd, job->mode);
    case OP_TRUNCATE: return ftruncate(job->fd, job->size);
    case OP_SYNC: return fsync(job->fd);
    case OP_RENAME: return rename(job->path, job->dest);
    case OP_UNLINK: return unlink(job->path);
    case OP_MKDIR: return mkdir(job->path, job->mode);
    case OP_RMDIR: return rmdir(job->path);
    case OP_LIST: return list_names(job);
    case OP_CLOSE: return close_file(job);
    case OP_SEND: return send_waiting(job);
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
  free(job->names.bytes);
  if (job->move != NULL) drop_mover(job->move->mover);
  free(job->move);
  free(job->sending);
  free(job);
}

const char *job_syscall(const struct job *job) {
  static const char *const names[] = {
      [OP_OPEN] = "open",       [OP_READ] = "read",         [OP_WRITE] = "write",   [OP_WRITE_RECORDS] = "write",
      [OP_MOVE] = "write",      [OP_LOCK] = "flock",        [OP_SIZE] = "fstat",    [OP_STAT] = "fstat",
      [OP_CHMOD] = "fchmod",    [OP_TRUNCATE] = "ftruncate", [OP_SYNC] = "fsync",   [OP_RENAME] = "rename",
      [OP_UNLINK] = "unlink",   [OP_MKDIR] = "mkdir",       [OP_RMDIR] = "rmdir",   [OP_LIST] = "scandir",
      [OP_CLOSE] = "close",     [OP_SEND] = "sendmmsg",
  };
  return names[job->operation];
}
