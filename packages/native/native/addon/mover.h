/* A pipe of which a lane moves whole records to a file: looked at and consumed under a lock, so that the loop can end it. */
#ifndef HOLDFAST_MOVER_H
#define HOLDFAST_MOVER_H

#include <pthread.h>
#include <sys/types.h>
#include <time.h>

#include "addon.h"

enum { MOST_RECORD = 128 * 1024 };

struct mover {
  pthread_mutex_t lock; /* held over tee and splice, which never block; never over a file operation */
  int fd;               /* a duplicate: the one it was made from may be closed, and its number be another file's */
  uint32_t limit;       /* bytes of the longest record, at most MOST_RECORD */
  char stream[8];
  int owners; /* under `lock`: the JavaScript object, the job */
  bool stopped;
  bool abandoned;
  /* Touched by the loop only. */
  bool busy;
  bool closed;
};

/* NULL with an exception pending. */
struct mover *unwrap_mover(napi_env env, napi_value value);
/* For a new job, which becomes an owner. Returns false if it has one, or is closed. */
bool begin_move(struct mover *mover);
/* Its job is over. */
void end_move(struct mover *mover);
/* From any thread. */
void drop_mover(struct mover *mover);

/* On the thread. Copies up to `most` bytes into the write end of a pipe and tells the time; -1 with errno, ECANCELED: stopped. */
ssize_t look_at_pipe(struct mover *mover, int into, size_t most, struct timespec *time);
/* Consumes bytes. Returns -1 with ECANCELED if they have been given up, and with another errno if the pipe has less. */
int take_from_pipe(struct mover *mover, size_t bytes);

#endif
