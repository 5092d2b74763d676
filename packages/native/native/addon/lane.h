/* A lane: one thread that runs file operations in order. */
#ifndef HOLDFAST_LANE_H
#define HOLDFAST_LANE_H

#include <pthread.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "addon.h"
#include "mover.h"

enum operation {
  OP_OPEN,
  OP_READ,
  OP_WRITE,
  OP_WRITE_RECORDS,
  OP_MOVE,
  OP_LOCK,
  OP_SIZE,
  OP_STAT,
  OP_CHMOD,
  OP_TRUNCATE,
  OP_SYNC,
  OP_RENAME,
  OP_UNLINK,
  OP_MKDIR,
  OP_RMDIR,
  OP_LIST,
  OP_CLOSE,
  OP_SEND
};

enum { PREFIX_ROOM = 256 };

/* Bytes that go before each record. */
struct prefix {
  uint8_t bytes[PREFIX_ROOM];
  size_t length;
};

/* Records `from` to `to` of the job's bytes; record i ends at ends[i], and begins where the one before it ends. */
struct records {
  uint32_t from, to;
  struct prefix full;    /* before a record that ends in a newline */
  struct prefix partial; /* before another one; a newline is then added */
  uint32_t ends[];       /* `to` of them */
};

/* Whole records that go from a pipe to the end of a file, round by round. */
struct move {
  struct mover *mover;
  bool framed;   /* each gets a CRI head, and a newline if it has none */
  bool offset;   /* the head's time ends in `+00:00`, not in `Z` */
  uint64_t room; /* the file may grow by so much */
  uint64_t most; /* bytes to take, roughly */
  /* Results: rounds that are written and consumed. */
  uint64_t bytes, records;
  uint64_t written; /* bytes of whole records in the file; of a round that was given up too */
};

/* What a lane's thread keeps for its work; made when first needed. */
struct workspace {
  uint8_t *bytes; /* BUFFER_BYTES: records are formatted at its beginning; a round is read behind the headroom */
  int pipe[2];
  int epoll;
};

/*
 * A round is formatted in place, towards the beginning, so that all of it stays in the cache. With the headroom one of lines that are not
 * short fits into one write: page caches work in pages as large as a write allows.
 */
enum {
  HEADROOM_BYTES = 128 * 1024,
  ROUND_BYTES = 512 * 1024,
  BUFFER_BYTES = HEADROOM_BYTES + ROUND_BYTES,
  OUT_BYTES = 512 * 1024
};

/* Names in a directory, each with a NUL behind it. */
struct names {
  char *bytes;
  size_t used, size;
};

/* More is not a directory of logs. */
enum { MOST_NAME_BYTES = 16 * 1024 * 1024 };

struct job {
  struct job *next;
  enum operation operation;
  int fd;
  int flags;
  mode_t mode;
  char *path; /* owned */
  char *dest; /* owned */
  const uint8_t *bytes; /* to write */
  uint8_t *room;        /* to read into */
  size_t length;
  struct records *records; /* owned */
  struct move *move;       /* owned */
  struct sending *sending; /* owned */
  struct names names;      /* owned; the result of a list */
  struct lane *lane;       /* that runs it */
  struct workspace *space; /* the thread's */
  int64_t size; /* to truncate to, or the position to read at */
  /* Results, set by the thread. */
  int error;
  int64_t result;
  size_t written;
  struct stat details;
  /* Touched by the loop only. */
  napi_ref buffer; /* keeps `bytes` or `room` alive */
  napi_deferred deferred;
};

struct lane {
  pthread_mutex_t lock; /* never held over a file operation */
  pthread_cond_t wake;
  struct job *head, *tail;
  bool stopping;
  bool gone; /* the completion function may no longer be called */
  int owners; /* under `lock`: the JavaScript object, the thread, the completion function */
  /* Touched by the loop only. */
  napi_env env;
  napi_threadsafe_function completion;
  size_t pending;
  bool released;
};

/* lane-job.c: runs on the thread. */
void run_job(struct job *job);
void free_job(struct job *job);
const char *job_syscall(const struct job *job);

/* lane-list.c: runs on the thread. Returns -1 with errno: ENOTDIR of a link, EFBIG of more than MOST_NAME_BYTES. */
int list_names(struct job *job);

/* lane-records.c: runs on the thread. Each returns -1 with errno. */
int write_all(struct job *job, const uint8_t *bytes, size_t length);
int write_records(struct job *job);

/* Formatted records on their way to a file. */
struct out {
  struct job *job;
  const struct prefix *full, *partial;
  size_t used; /* of the workspace's bytes */
  size_t room; /* of them; a record that is there already ends here */
};

int append_record(struct out *out, const uint8_t *bytes, size_t length);
int flush_out(struct out *out);

/* lane-move.c: runs on the thread. Returns -1 with errno; what was done until then is in the job. */
int move_records(struct job *job);

/* lane-workspace.c: runs on the thread. Returns -1 with errno. */
int make_room(struct workspace *space);
int make_pipes(struct workspace *space);
void free_workspace(struct workspace *space);

/* lane-send.c: runs on the thread; `result` is how many were sent, whether it returns 0, or -1 with errno. */
int send_waiting(struct job *job);
napi_value lane_send(napi_env env, napi_callback_info info);

/* lane.c: NULL with an exception pending. */
struct lane *unwrap_lane(napi_env env, napi_callback_info info, size_t count, napi_value *argv);
/* Hands a copy of `request`, and what it owns, to the thread and returns its promise. `buffer` is kept alive; may be NULL. */
napi_value submit_request(napi_env env, struct lane *lane, const struct job *request, napi_value buffer);

/* lane-thread.c */
struct lane *start_lane(napi_env env, int *error);
/* Takes `job`. Returns false if the lane has been stopped. */
bool submit_job(struct lane *lane, struct job *job);
/* On the thread: another job waits, or nobody waits for any. */
bool is_wanted(struct lane *lane);
/* On the thread: nobody waits for a job. */
bool is_stopped(struct lane *lane);
void stop_lane(struct lane *lane);
void drop_lane(struct lane *lane);

#endif
