#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lane.h"

enum { STACK_BYTES = 256 * 1024 };

void drop_lane(struct lane *lane) {
  pthread_mutex_lock(&lane->lock);
  bool last = --lane->owners == 0;
  pthread_mutex_unlock(&lane->lock);
  if (!last) return;
  pthread_cond_destroy(&lane->wake);
  pthread_mutex_destroy(&lane->lock);
  free(lane);
}

/* The next job, or NULL at the end. */
static struct job *take_job(struct lane *lane) {
  pthread_mutex_lock(&lane->lock);
  while (lane->head == NULL && !lane->stopping) pthread_cond_wait(&lane->wake, &lane->lock);
  struct job *job = lane->head;
  if (job != NULL) lane->head = job->next;
  if (lane->head == NULL) lane->tail = NULL;
  pthread_mutex_unlock(&lane->lock);
  return job;
}

/* Whether anybody can still hear of a job. */
static bool is_gone(struct lane *lane) {
  pthread_mutex_lock(&lane->lock);
  bool gone = lane->gone;
  pthread_mutex_unlock(&lane->lock);
  return gone;
}

bool is_wanted(struct lane *lane) {
  pthread_mutex_lock(&lane->lock);
  bool wanted = lane->head != NULL || lane->stopping || lane->gone;
  pthread_mutex_unlock(&lane->lock);
  return wanted;
}

bool is_stopped(struct lane *lane) {
  pthread_mutex_lock(&lane->lock);
  bool stopped = lane->stopping || lane->gone;
  pthread_mutex_unlock(&lane->lock);
  return stopped;
}

static void *run_lane(void *data) {
  struct lane *lane = data;
  struct workspace space = {.pipe = {-1, -1}, .epoll = -1};
  for (struct job *job = take_job(lane); job != NULL; job = take_job(lane)) {
    job->space = &space;
    job->lane = lane;
    if (!is_gone(lane)) run_job(job);
    /* Under the lock, so that the loop cannot free the function while this thread is inside it. */
    pthread_mutex_lock(&lane->lock);
    bool told = !lane->gone && napi_call_threadsafe_function(lane->completion, job, napi_tsfn_nonblocking) == napi_ok;
    pthread_mutex_unlock(&lane->lock);
    if (!told) free_job(job);
  }
  free_workspace(&space);
  drop_lane(lane);
  return NULL;
}

static void end_calls(struct lane *lane) {
  pthread_mutex_lock(&lane->lock);
  lane->gone = true;
  lane->stopping = true;
  pthread_cond_signal(&lane->wake);
  pthread_mutex_unlock(&lane->lock);
}

/* Runs before the completion function's own hook, which was added earlier. It waits for nothing: the thread may be stuck. */
static void on_environment_exit(void *data) {
  end_calls(data);
}

static void release_completion(struct lane *lane) {
  if (lane->released) return;
  lane->released = true;
  end_calls(lane);
  napi_release_threadsafe_function(lane->completion, napi_tsfn_release);
}

static void on_completion_freed(napi_env env, void *data, void *hint) {
  struct lane *lane = data;
  (void)hint;
  lane->released = true;
  napi_remove_env_cleanup_hook(env, on_environment_exit, lane);
  drop_lane(lane);
}

static void reject(napi_env env, const struct job *job) {
  const struct failure failure = {job->error, job_syscall(job), job->path, job->dest};
  napi_value error = make_failure(env, &failure);
  if (error == NULL) return;
  if (job->operation == OP_WRITE || job->operation == OP_WRITE_RECORDS)
    napi_set_named_property(env, error, "written", make_int(env, (int64_t)job->written));
  if (job->operation == OP_SEND) napi_set_named_property(env, error, "sent", make_int(env, job->result));
  napi_reject_deferred(env, job->deferred, error);
}

static void set_u64(napi_env env, napi_value object, const char *name, uint64_t number) {
  napi_value value;
  if (napi_create_bigint_uint64(env, number, &value) == napi_ok) napi_set_named_property(env, object, name, value);
}

static napi_value make_details(napi_env env, const struct stat *details) {
  napi_value object;
  if (napi_create_object(env, &object) != napi_ok) return make_undefined(env);
  int64_t modified = (int64_t)details->st_mtim.tv_sec * 1000000000 + details->st_mtim.tv_nsec;
  napi_set_named_property(env, object, "isFile", make_bool(env, S_ISREG(details->st_mode)));
  napi_set_named_property(env, object, "isDirectory", make_bool(env, S_ISDIR(details->st_mode)));
  napi_set_named_property(env, object, "mode", make_int(env, details->st_mode & 07777));
  napi_set_named_property(env, object, "uid", make_int(env, details->st_uid));
  napi_set_named_property(env, object, "size", make_int(env, details->st_size));
  set_u64(env, object, "dev", details->st_dev);
  set_u64(env, object, "ino", details->st_ino);
  set_u64(env, object, "mtimeNs", modified < 0 ? 0 : (uint64_t)modified);
  return object;
}

/* An error is told in it: what was moved before stands. */
static napi_value make_moved(napi_env env, const struct job *job) {
  const struct move *move = job->move;
  napi_value object;
  if (napi_create_object(env, &object) != napi_ok) return make_undefined(env);
  napi_set_named_property(env, object, "bytes", make_int(env, (int64_t)move->bytes));
  napi_set_named_property(env, object, "records", make_int(env, (int64_t)move->records));
  napi_set_named_property(env, object, "written", make_int(env, (int64_t)move->written));
  napi_set_named_property(env, object, "torn", make_int(env, (int64_t)(job->written - move->written)));
  napi_set_named_property(env, object, "failed", make_bool(env, job->error != 0));
  return object;
}

static napi_value make_names(napi_env env, const struct names *names) {
  napi_value array, name;
  if (napi_create_array(env, &array) != napi_ok) return make_undefined(env);
  uint32_t count = 0;
  for (size_t at = 0; at < names->used;) {
    size_t length = strlen(names->bytes + at);
    if (napi_create_string_utf8(env, names->bytes + at, length, &name) != napi_ok) return make_undefined(env);
    napi_set_element(env, array, count++, name);
    at += length + 1;
  }
  return array;
}

static napi_value make_result(napi_env env, const struct job *job) {
  switch (job->operation) {
    case OP_OPEN:
    case OP_READ:
    case OP_SEND:
    case OP_SIZE: return make_int(env, job->result);
    case OP_MOVE: return make_moved(env, job);
    case OP_LOCK: return make_bool(env, job->result != 0);
    case OP_STAT: return make_details(env, &job->details);
    case OP_LIST: return make_names(env, &job->names);
    default: return make_undefined(env);
  }
}

static void settle(napi_env env, const struct job *job) {
  if (job->buffer != NULL) napi_delete_reference(env, job->buffer);
  if (job->move != NULL) end_move(job->move->mover);
  if (job->error != 0 && job->move == NULL) {
    reject(env, job);
    return;
  }
  napi_resolve_deferred(env, job->deferred, make_result(env, job));
}

static void on_completion(napi_env env, napi_value callback, void *context, void *data) {
  struct lane *lane = context;
  (void)callback;
  /* Without an environment the function is only being emptied. */
  if (env != NULL) {
    settle(env, data);
    if (--lane->pending == 0) {
      if (lane->stopping) release_completion(lane);
      else napi_unref_threadsafe_function(env, lane->completion);
    }
  }
  free_job(data);
}

static int start_thread(struct lane *lane) {
  pthread_attr_t attributes;
  pthread_t thread;
  sigset_t all, before;
  int error = pthread_attr_init(&attributes);
  if (error != 0) return error;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  error = pthread_create(&thread, &attributes, run_lane, lane);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return error;
}

struct lane *start_lane(napi_env env, int *error) {
  struct lane *lane = calloc(1, sizeof *lane);
  napi_value name;
  *error = ENOMEM;
  if (lane == NULL) return NULL;
  pthread_mutex_init(&lane->lock, NULL);
  pthread_cond_init(&lane->wake, NULL);
  lane->env = env;
  lane->owners = 3;
  if (napi_create_string_utf8(env, "holdfast.Lane", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_threadsafe_function(env, NULL, NULL, name, 0, 1, lane, on_completion_freed, lane, on_completion,
                                      &lane->completion) != napi_ok) {
    free(lane);
    return NULL;
  }
  napi_unref_threadsafe_function(env, lane->completion);
  napi_add_env_cleanup_hook(env, on_environment_exit, lane);
  *error = start_thread(lane);
  if (*error == 0) return lane;
  release_completion(lane);
  drop_lane(lane); /* the thread's share */
  drop_lane(lane); /* the object's share */
  return NULL;
}

bool submit_job(struct lane *lane, struct job *job) {
  pthread_mutex_lock(&lane->lock);
  bool accepted = !lane->stopping;
  if (accepted) {
    if (lane->tail != NULL) lane->tail->next = job;
    else lane->head = job;
    lane->tail = job;
    pthread_cond_signal(&lane->wake);
  }
  pthread_mutex_unlock(&lane->lock);
  if (accepted && lane->pending++ == 0) napi_ref_threadsafe_function(lane->env, lane->completion);
  return accepted;
}

void stop_lane(struct lane *lane) {
  pthread_mutex_lock(&lane->lock);
  lane->stopping = true;
  pthread_cond_signal(&lane->wake);
  pthread_mutex_unlock(&lane->lock);
  if (lane->pending == 0) release_completion(lane);
}
