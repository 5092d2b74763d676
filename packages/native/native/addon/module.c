#include "addon.h"

enum { MAX_METHODS = 20 };

napi_status define_functions(napi_env env, napi_value exports, const struct method *methods, size_t count) {
  for (size_t i = 0; i < count; i++) {
    napi_value function;
    napi_status status =
        napi_create_function(env, methods[i].name, NAPI_AUTO_LENGTH, methods[i].callback, NULL, &function);
    if (status == napi_ok) status = napi_set_named_property(env, exports, methods[i].name, function);
    if (status != napi_ok) return status;
  }
  return napi_ok;
}

napi_status define_class(napi_env env, napi_value exports, const struct method *class, const struct method *methods,
                         size_t count) {
  napi_property_descriptor properties[MAX_METHODS] = {0};
  if (count > MAX_METHODS) return napi_invalid_arg;
  for (size_t i = 0; i < count; i++) {
    properties[i].utf8name = methods[i].name;
    properties[i].method = methods[i].callback;
    properties[i].attributes = napi_default_method;
  }
  napi_value constructor;
  napi_status status =
      napi_define_class(env, class->name, NAPI_AUTO_LENGTH, class->callback, NULL, count, properties, &constructor);
  return status == napi_ok ? napi_set_named_property(env, exports, class->name, constructor) : status;
}

NAPI_MODULE_INIT() {
  TRY(register_pipes(env, exports));
  TRY(register_pipe_move(env, exports));
  TRY(register_records(env, exports));
  TRY(register_seqpacket(env, exports));
  TRY(register_datagram(env, exports));
  TRY(register_notify(env, exports));
  TRY(register_pidfd(env, exports));
  TRY(register_peer_descriptors(env, exports));
  TRY(register_eventfd(env, exports));
  TRY(register_map_file(env, exports));
  TRY(register_misc(env, exports));
  TRY(register_poller(env, exports));
  TRY(register_terminal(env, exports));
  TRY(register_lane(env, exports));
  TRY(register_mount(env, exports));
  TRY(register_mover(env, exports));
  TRY(register_replace_file(env, exports));
  TRY(register_release_memory(env, exports));
  return exports;
}
