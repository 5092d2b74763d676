#include "lane.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void finalize(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  stop_lane(data);
  drop_lane(data);
}

static napi_value construct(napi_env env, napi_callback_info info) {
  napi_value self;
  int error;
  TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
  struct lane *lane = start_lane(env, &error);
  if (lane == NULL) return throw_errno(env, error, "pthread_create", NULL);
  if (napi_wrap(env, self, lane, finalize, NULL, NULL) == napi_ok) return self;
  finalize(env, lane, NULL);
  return throw_api_failure(env, "napi_wrap");
}

struct lane *unwrap_lane(napi_env env, napi_callback_info info, size_t count, napi_value *argv) {
  napi_value self;
  void *lane = NULL;
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, argv, &self, NULL) != napi_ok || napi_unwrap(env, self, &lane) != napi_ok)
    throw_errno(env, EINVAL, "lane", NULL);
  return lane;
}

static napi_value refuse(napi_env env, struct job *job, const char *call) {
  if (job->move != NULL) end_move(job->move->mover);
  free_job(job);
  return call == NULL ? NULL : throw_api_failure(env, call);
}

napi_value submit_request(napi_env env, struct lane *lane, const struct job *request, napi_value buffer) {
  napi_value promise;
  struct job *job = malloc(sizeof *job);
  if (job == NULL) {
    free(request->records);
    free(request->move);
    free(request->sending);
    return throw_errno(env, ENOMEM, job_syscall(request), NULL);
  }
  *job = *request;
  job->path = request->path != NULL ? strdup(request->path) : NULL;
  job->dest = request->dest != NULL ? strdup(request->dest) : NULL;
  if (napi_create_promise(env, &job->deferred, &promise) != napi_ok ||
      (buffer != NULL && napi_create_reference(env, buffer, 1, &job->buffer) != napi_ok)) {
    return refuse(env, job, "napi_create_promise");
  }
  if (submit_job(lane, job)) return promise;
  const struct failure failure = {ECANCELED, job_syscall(job), job->path, job->dest};
  napi_reject_deferred(env, job->deferred, make_failure(env, &failure));
  if (job->buffer != NULL) napi_delete_reference(env, job->buffer);
  refuse(env, job, NULL);
  return promise;
}

static napi_value open_file(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  char path[PATH_MAX];
  uint32_t mode;
  struct job job = {.operation = OP_OPEN, .path = path};
  struct lane *lane = unwrap_lane(env, info, 3, argv);
  if (lane == NULL || !get_path(env, argv[0], "open", path)) return NULL;
  if (!get_int(env, argv[1], "flags", &job.flags) || !get_u32(env, argv[2], "mode", &mode)) return NULL;
  job.mode = mode;
  return submit_request(env, lane, &job, NULL);
}

static napi_value read_bytes(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  struct job job = {.operation = OP_READ};
  struct lane *lane = unwrap_lane(env, info, 3, argv);
  if (lane == NULL || !get_int(env, argv[0], "fd", &job.fd)) return NULL;
  if (!get_bytes(env, argv[1], "bytes", &job.room, &job.length)) return NULL;
  if (!get_int64(env, argv[2], "position", &job.size)) return NULL;
  return submit_request(env, lane, &job, argv[1]);
}

static napi_value write_bytes(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  uint8_t *bytes;
  struct job job = {.operation = OP_WRITE};
  struct lane *lane = unwrap_lane(env, info, 2, argv);
  if (lane == NULL || !get_int(env, argv[0], "fd", &job.fd)) return NULL;
  if (!get_bytes(env, argv[1], "bytes", &bytes, &job.length)) return NULL;
  job.bytes = bytes;
  return submit_request(env, lane, &job, argv[1]);
}

static bool get_prefix(napi_env env, napi_value object, const char *name, struct prefix *prefix) {
  napi_value value;
  uint8_t *bytes;
  if (napi_get_named_property(env, object, name, &value) != napi_ok) return false;
  if (!get_bytes(env, value, name, &bytes, &prefix->length)) return false;
  if (prefix->length > PREFIX_ROOM) return throw_errno(env, EMSGSIZE, "write", NULL) != NULL;
  memcpy(prefix->bytes, bytes, prefix->length);
  return true;
}

static bool get_number(napi_env env, napi_value object, const char *name, uint32_t *out) {
  napi_value value;
  return napi_get_named_property(env, object, name, &value) == napi_ok && get_u32(env, value, name, out);
}

/* A copy of what says where the records are: it is small, and must not change. NULL with an exception pending. */
static struct records *get_records(napi_env env, napi_value object) {
  napi_value ends;
  uint32_t from, to, *values;
  size_t count;
  if (!get_number(env, object, "from", &from) || !get_number(env, object, "to", &to)) return NULL;
  if (napi_get_named_property(env, object, "ends", &ends) != napi_ok) return NULL;
  if (!get_u32_array(env, ends, "ends", &values, &count)) return NULL;
  if (from > to || to > count) {
    throw_errno(env, EINVAL, "write", NULL);
    return NULL;
  }
  struct records *records = malloc(sizeof *records + to * sizeof *values);
  if (records == NULL) {
    throw_errno(env, ENOMEM, "write", NULL);
    return NULL;
  }
  records->from = from;
  records->to = to;
  memcpy(records->ends, values, to * sizeof *values);
  if (get_prefix(env, object, "full", &records->full) && get_prefix(env, object, "partial", &records->partial)) return records;
  free(records);
  return NULL;
}

static napi_value write_record_bytes(napi_env env, napi_callback_info info) {
  napi_value argv[2], buffer;
  uint8_t *bytes;
  struct job job = {.operation = OP_WRITE_RECORDS};
  struct lane *lane = unwrap_lane(env, info, 2, argv);
  if (lane == NULL || !get_int(env, argv[0], "fd", &job.fd)) return NULL;
  if (napi_get_named_property(env, argv[1], "bytes", &buffer) != napi_ok) return throw_errno(env, EINVAL, "write", NULL);
  if (!get_bytes(env, buffer, "bytes", &bytes, &job.length)) return NULL;
  job.bytes = bytes;
  job.records = get_records(env, argv[1]);
  return job.records == NULL ? NULL : submit_request(env, lane, &job, buffer);
}

static bool get_amount(napi_env env, napi_value object, const char *name, uint64_t *out) {
  napi_value value;
  int64_t amount;
  if (napi_get_named_property(env, object, name, &value) != napi_ok || !get_int64(env, value, name, &amount)) return false;
  *out = amount < 0 ? 0 : (uint64_t)amount;
  return true;
}

static bool get_flag(napi_env env, napi_value object, const char *name, bool *out) {
  napi_value value;
  return napi_get_named_property(env, object, name, &value) == napi_ok && get_bool(env, value, name, out);
}

/* May be left out. */
static bool get_offset(napi_env env, napi_value object, bool *out) {
  bool there;
  if (napi_has_named_property(env, object, "offset", &there) != napi_ok) return false;
  return !there || get_flag(env, object, "offset", out);
}

static bool get_move(napi_env env, napi_value object, struct move *move) {
  if (!get_flag(env, object, "framed", &move->framed) || !get_offset(env, object, &move->offset)) return false;
  return get_amount(env, object, "room", &move->room) && get_amount(env, object, "most", &move->most);
}

static napi_value move_from_pipe(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  struct move move = {0};
  struct job job = {.operation = OP_MOVE};
  struct lane *lane = unwrap_lane(env, info, 3, argv);
  if (lane == NULL || !get_int(env, argv[0], "fd", &job.fd)) return NULL;
  move.mover = unwrap_mover(env, argv[1]);
  if (move.mover == NULL || !get_move(env, argv[2], &move)) return NULL;
  job.move = malloc(sizeof move);
  if (job.move == NULL) return throw_errno(env, ENOMEM, "write", NULL);
  *job.move = move;
  if (begin_move(move.mover)) return submit_request(env, lane, &job, argv[1]);
  free(job.move);
  return throw_errno(env, EBUSY, "write", NULL);
}

static napi_value truncate_file(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  struct job job = {.operation = OP_TRUNCATE};
  struct lane *lane = unwrap_lane(env, info, 2, argv);
  if (lane == NULL || !get_int(env, argv[0], "fd", &job.fd)) return NULL;
  if (!get_int64(env, argv[1], "size", &job.size)) return NULL;
  return submit_request(env, lane, &job, NULL);
}

static napi_value change_mode(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  uint32_t mode;
  struct job job = {.operation = OP_CHMOD};
  struct lane *lane = unwrap_lane(env, info, 2, argv);
  if (lane == NULL || !get_int(env, argv[0], "fd", &job.fd) || !get_u32(env, argv[1], "mode", &mode)) return NULL;
  job.mode = mode;
  return submit_request(env, lane, &job, NULL);
}

static napi_value rename_file(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  char from[PATH_MAX], to[PATH_MAX];
  struct job job = {.operation = OP_RENAME, .path = from, .dest = to};
  struct lane *lane = unwrap_lane(env, info, 2, argv);
  if (lane == NULL || !get_path(env, argv[0], "rename", from) || !get_path(env, argv[1], "rename", to)) return NULL;
  return submit_request(env, lane, &job, NULL);
}

static napi_value with_path(napi_env env, napi_callback_info info, enum operation operation) {
  napi_value argv[1];
  char path[PATH_MAX];
  struct job job = {.operation = operation, .path = path};
  struct lane *lane = unwrap_lane(env, info, 1, argv);
  if (lane == NULL || !get_path(env, argv[0], job_syscall(&job), path)) return NULL;
  return submit_request(env, lane, &job, NULL);
}

static napi_value unlink_file(napi_env env, napi_callback_info info) {
  return with_path(env, info, OP_UNLINK);
}

static napi_value remove_directory(napi_env env, napi_callback_info info) {
  return with_path(env, info, OP_RMDIR);
}

static napi_value list_directory(napi_env env, napi_callback_info info) {
  return with_path(env, info, OP_LIST);
}

static napi_value make_directory(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  char path[PATH_MAX];
  uint32_t mode;
  struct job job = {.operation = OP_MKDIR, .path = path};
  struct lane *lane = unwrap_lane(env, info, 2, argv);
  if (lane == NULL || !get_path(env, argv[0], "mkdir", path) || !get_u32(env, argv[1], "mode", &mode)) return NULL;
  job.mode = mode;
  return submit_request(env, lane, &job, NULL);
}

static napi_value with_fd(napi_env env, napi_callback_info info, enum operation operation) {
  napi_value argv[1];
  struct job job = {.operation = operation};
  struct lane *lane = unwrap_lane(env, info, 1, argv);
  if (lane == NULL || !get_int(env, argv[0], "fd", &job.fd)) return NULL;
  return submit_request(env, lane, &job, NULL);
}

static napi_value lock_file(napi_env env, napi_callback_info info) {
  return with_fd(env, info, OP_LOCK);
}

static napi_value file_size(napi_env env, napi_callback_info info) {
  return with_fd(env, info, OP_SIZE);
}

static napi_value file_details(napi_env env, napi_callback_info info) {
  return with_fd(env, info, OP_STAT);
}

static napi_value sync_file(napi_env env, napi_callback_info info) {
  return with_fd(env, info, OP_SYNC);
}

static napi_value close_file(napi_env env, napi_callback_info info) {
  return with_fd(env, info, OP_CLOSE);
}

static napi_value stop(napi_env env, napi_callback_info info) {
  struct lane *lane = unwrap_lane(env, info, 0, NULL);
  if (lane != NULL) stop_lane(lane);
  return NULL;
}

napi_status register_lane(napi_env env, napi_value exports) {
  static const struct method class = {"Lane", construct};
  static const struct method methods[] = {
      {"open", open_file},         {"read", read_bytes}, {"write", write_bytes},  {"writeRecords", write_record_bytes},
      {"lock", lock_file},         {"size", file_size},  {"stat", file_details},  {"chmod", change_mode},
      {"truncate", truncate_file}, {"sync", sync_file},  {"rename", rename_file}, {"unlink", unlink_file},
      {"close", close_file},       {"stop", stop},        {"move", move_from_pipe},
      {"makeDirectory", make_directory}, {"removeDirectory", remove_directory}, {"list", list_directory}, {"send", lane_send},
  };
  return define_class(env, exports, &class, methods, LENGTH_OF(methods));
}
