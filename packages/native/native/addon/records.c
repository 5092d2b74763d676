#define _GNU_SOURCE
#include "records.h"

#include <errno.h>
#include <string.h>

#include "addon.h"

size_t record_end(const uint8_t *bytes, size_t length, size_t at, size_t limit, bool flush) {
  size_t left = length - at;
  /* A newline right behind a record of full length still belongs to it. */
  const uint8_t *newline = memchr(bytes + at, '\n', left <= limit ? left : limit + 1);
  if (newline != NULL) return (size_t)(newline - bytes) + 1;
  if (left > limit) return at + limit;
  return left == limit || flush ? length : 0;
}

/* Vectors make it as fast as memory. */
__attribute__((optimize("O3"))) static size_t count_newlines(const uint8_t *bytes, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++) count += bytes[i] == '\n';
  return count;
}

size_t count_records(const uint8_t *bytes, size_t length, size_t limit, uint64_t *records) {
  size_t at = 0;
  while (at < length) {
    size_t left = length - at;
    /* Every line that ends within a longest record and its newline is one record. */
    const uint8_t *last = memrchr(bytes + at, '\n', left <= limit ? left : limit + 1);
    if (last == NULL && left <= limit) break;
    size_t end = last != NULL ? (size_t)(last - bytes) + 1 : at + limit;
    *records += last != NULL ? count_newlines(bytes + at, end - at) : 1;
    at = end;
  }
  return at;
}

/* Returns the count; as many as there is room for in `ends`. */
static napi_value split_records(napi_env env, napi_callback_info info) {
  napi_value argv[4];
  uint8_t *bytes;
  uint32_t *ends, limit;
  size_t length, room, count = 0;
  bool flush;
  if (!get_arguments(env, info, 4, argv) || !get_bytes(env, argv[0], "bytes", &bytes, &length)) return NULL;
  if (!get_u32_array(env, argv[1], "ends", &ends, &room) || !get_u32(env, argv[2], "limit", &limit)) return NULL;
  if (!get_bool(env, argv[3], "flush", &flush)) return NULL;
  if (limit == 0 || length > UINT32_MAX) return throw_errno(env, EINVAL, "splitRecords", NULL);
  for (size_t at = 0; at < length && count < room; count++) {
    at = record_end(bytes, length, at, limit, flush);
    if (at == 0) break;
    ends[count] = (uint32_t)at;
  }
  return make_int(env, (int64_t)count);
}

napi_status register_records(napi_env env, napi_value exports) {
  static const struct method methods[] = {{"splitRecords", split_records}};
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
