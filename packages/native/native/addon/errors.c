#include <stdio.h>

#include "addon.h"
#include "uv-subset.h"

static bool set_string(napi_env env, napi_value object, const char *name, const char *text) {
  napi_value value;
  return napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value) == napi_ok &&
         napi_set_named_property(env, object, name, value) == napi_ok;
}

/* Shaped like the errors of node:fs. */
napi_value make_failure(napi_env env, const struct failure *failure) {
  const char *code = uv_err_name(-failure->error);
  char message[9216];
  int used = snprintf(message, sizeof message, "%s: %s, %s", code, uv_strerror(-failure->error), failure->syscall);
  if (failure->path != NULL && failure->dest != NULL)
    snprintf(message + used, sizeof message - (size_t)used, " '%s' -> '%s'", failure->path, failure->dest);
  else if (failure->path != NULL)
    snprintf(message + used, sizeof message - (size_t)used, " '%s'", failure->path);

  napi_value text, name, error;
  if (napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &text) != napi_ok) return NULL;
  if (napi_create_string_utf8(env, code, NAPI_AUTO_LENGTH, &name) != napi_ok) return NULL;
  if (napi_create_error(env, name, text, &error) != napi_ok) return NULL;
  if (napi_set_named_property(env, error, "errno", make_int(env, -failure->error)) != napi_ok) return NULL;
  if (!set_string(env, error, "syscall", failure->syscall)) return NULL;
  if (failure->path != NULL && !set_string(env, error, "path", failure->path)) return NULL;
  if (failure->dest != NULL && !set_string(env, error, "dest", failure->dest)) return NULL;
  return error;
}

napi_value throw_errno(napi_env env, int error, const char *syscall, const char *path) {
  const struct failure failure = {error, syscall, path, NULL};
  napi_value value = make_failure(env, &failure);
  if (value == NULL) return throw_api_failure(env, syscall);
  napi_throw(env, value);
  return NULL;
}

napi_value throw_api_failure(napi_env env, const char *call) {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_error(env, "ERR_NATIVE_CALL", call);
  return NULL;
}
