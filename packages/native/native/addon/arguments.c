#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "addon.h"

static bool wrong_type(napi_env env, const char *name, const char *expected) {
  char message[128];
  snprintf(message, sizeof message, "The argument \"%s\" must be %s", name, expected);
  napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message);
  return false;
}

bool get_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values) {
  size_t given = count;
  /* Missing arguments arrive as undefined and are refused by their own type. */
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) == napi_ok) return true;
  throw_api_failure(env, "napi_get_cb_info");
  return false;
}

bool get_int64(napi_env env, napi_value value, const char *name, int64_t *out) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) return wrong_type(env, name, "a number");
  /* NaN fails the comparison too. */
  if (!(number >= -9007199254740991.0 && number <= 9007199254740991.0) || number != (double)(int64_t)number)
    return wrong_type(env, name, "a safe integer");
  *out = (int64_t)number;
  return true;
}

bool get_int(napi_env env, napi_value value, const char *name, int *out) {
  int64_t wide;
  if (!get_int64(env, value, name, &wide)) return false;
  if (wide < INT_MIN || wide > INT_MAX) return wrong_type(env, name, "a 32-bit integer");
  *out = (int)wide;
  return true;
}

bool get_u32(napi_env env, napi_value value, const char *name, uint32_t *out) {
  int64_t wide;
  if (!get_int64(env, value, name, &wide)) return false;
  if (wide < 0 || wide > UINT32_MAX) return wrong_type(env, name, "an unsigned 32-bit integer");
  *out = (uint32_t)wide;
  return true;
}

bool get_bool(napi_env env, napi_value value, const char *name, bool *out) {
  return napi_get_value_bool(env, value, out) == napi_ok || wrong_type(env, name, "a boolean");
}

bool get_bytes(napi_env env, napi_value value, const char *name, uint8_t **bytes, size_t *length) {
  bool typed = false;
  napi_typedarray_type type;
  void *data = NULL;
  if (napi_is_typedarray(env, value, &typed) != napi_ok || !typed) return wrong_type(env, name, "a Uint8Array");
  if (napi_get_typedarray_info(env, value, &type, length, &data, NULL, NULL) != napi_ok || type != napi_uint8_array)
    return wrong_type(env, name, "a Uint8Array");
  *bytes = data;
  return true;
}

bool get_u32_array(napi_env env, napi_value value, const char *name, uint32_t **values, size_t *count) {
  bool typed = false;
  napi_typedarray_type type;
  void *data = NULL;
  if (napi_is_typedarray(env, value, &typed) != napi_ok || !typed) return wrong_type(env, name, "a Uint32Array");
  if (napi_get_typedarray_info(env, value, &type, count, &data, NULL, NULL) != napi_ok || type != napi_uint32_array)
    return wrong_type(env, name, "a Uint32Array");
  *values = data;
  return true;
}

bool get_path(napi_env env, napi_value value, const char *syscall, char *path) {
  size_t length;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) return wrong_type(env, "path", "a string");
  if (length >= PATH_MAX) {
    throw_errno(env, ENAMETOOLONG, syscall, NULL);
    return false;
  }
  if (napi_get_value_string_utf8(env, value, path, PATH_MAX, &length) != napi_ok)
    return wrong_type(env, "path", "a string");
  return strlen(path) == length || wrong_type(env, "path", "without null bytes");
}

bool get_fds(napi_env env, napi_value value, const char *name, int *fds, size_t room, size_t *count) {
  bool array = false;
  uint32_t length;
  if (napi_is_array(env, value, &array) != napi_ok || !array) return wrong_type(env, name, "an array");
  if (napi_get_array_length(env, value, &length) != napi_ok) return wrong_type(env, name, "an array");
  if (length > room) return wrong_type(env, name, "no longer than the call allows");
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    if (napi_get_element(env, value, i, &element) != napi_ok) return wrong_type(env, name, "an array of numbers");
    if (!get_int(env, element, name, &fds[i])) return false;
  }
  *count = length;
  return true;
}

napi_value make_int(napi_env env, int64_t value) {
  napi_value result;
  return napi_create_int64(env, value, &result) == napi_ok ? result : NULL;
}

napi_value make_bool(napi_env env, bool value) {
  napi_value result;
  return napi_get_boolean(env, value, &result) == napi_ok ? result : NULL;
}

napi_value make_undefined(napi_env env) {
  napi_value result;
  return napi_get_undefined(env, &result) == napi_ok ? result : NULL;
}

napi_value make_fd_array(napi_env env, const int *fds, size_t count) {
  napi_value array;
  TRY(napi_create_array_with_length(env, count, &array));
  for (size_t i = 0; i < count; i++) TRY(napi_set_element(env, array, (uint32_t)i, make_int(env, fds[i])));
  return array;
}
