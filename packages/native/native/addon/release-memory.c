#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <string.h>

#include "addon.h"

/*
 * V8 gives pages back only when told that memory is low, for which Node-API has no call. v8::Isolate::GetCurrent() and
 * LowMemoryNotification() are exported by every Node, since addons in C++ are linked to them; without them nothing is collected.
 */
static void collect_garbage(void) {
  void *current_symbol = dlsym(RTLD_DEFAULT, "_ZN2v87Isolate10GetCurrentEv");
  void *notify_symbol = dlsym(RTLD_DEFAULT, "_ZN2v87Isolate21LowMemoryNotificationEv");
  void *(*current)(void);
  void (*notify)(void *isolate);
  if (current_symbol == NULL || notify_symbol == NULL) return;
  memcpy(&current, &current_symbol, sizeof current);
  memcpy(&notify, &notify_symbol, sizeof notify);
  notify(current());
}

static napi_value release_memory(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  bool collect;
  if (!get_arguments(env, info, 1, argv) || !get_bool(env, argv[0], "collect", &collect)) return NULL;
  if (collect) collect_garbage();
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  return NULL;
}

napi_status register_release_memory(napi_env env, napi_value exports) {
  static const struct method methods[] = {{"releaseMemory", release_memory}};
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
