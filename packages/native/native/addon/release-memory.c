#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "addon.h"

enum { MAX_SEGMENTS = 8 };

struct range {
  uintptr_t begin;
  uintptr_t end;
};

struct segments {
  struct range ranges[MAX_SEGMENTS];
  size_t count;
};

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

/* The program comes first; what is loaded behind it may be unloaded at any time. */
static int program_segments(struct dl_phdr_info *info, size_t size, void *found) {
  struct segments *segments = found;
  (void)size;
  for (int i = 0; i < info->dlpi_phnum && segments->count < MAX_SEGMENTS; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    /* One that can be written holds what the linker has written, also where that is read-only by now. */
    if (header->p_type != PT_LOAD || (header->p_flags & PF_W) != 0) continue;
    uintptr_t begin = info->dlpi_addr + header->p_vaddr;
    struct range range = {begin, begin + header->p_memsz};
    segments->ranges[segments->count++] = range;
  }
  return 1;
}

static void drop_within(const struct segments *segments, struct range mapped) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (size_t i = 0; i < segments->count; i++) {
    struct range range = segments->ranges[i];
    uintptr_t begin = ((range.begin > mapped.begin ? range.begin : mapped.begin) + page - 1) & ~(page - 1);
    uintptr_t end = (range.end < mapped.end ? range.end : mapped.end) & ~(page - 1);
    if (begin < end) madvise((void *)begin, end - begin, MADV_DONTNEED);
  }
}

/*
 * Node's own code and constants, of which most are needed at the start alone. They stay in the page cache, where they are the kernel's to
 * take; what is used again is mapped again. Only what /proc says is the file itself: Node may have moved its code to huge pages, which have
 * no copy.
 */
static void unmap_program(void) {
  char program[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
  FILE *maps = length < 0 ? NULL : fopen("/proc/self/maps", "re");
  if (maps == NULL) return;
  program[length] = '\0';
  struct segments segments = {.count = 0};
  dl_iterate_phdr(program_segments, &segments);
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, maps) > 0) {
    struct range mapped;
    char permissions[5];
    int path = 0;
    if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %n", &mapped.begin, &mapped.end, permissions, &path) < 3) continue;
    line[strcspn(line, "\n")] = '\0';
    if (path == 0 || permissions[1] == 'w' || strcmp(line + path, program) != 0) continue;
    drop_within(&segments, mapped);
  }
  free(line);
  fclose(maps);
}

static napi_value release_memory(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  bool collect;
  if (!get_arguments(env, info, 1, argv) || !get_bool(env, argv[0], "collect", &collect)) return NULL;
  if (collect) collect_garbage();
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  unmap_program();
  return NULL;
}

napi_status register_release_memory(napi_env env, napi_value exports) {
  static const struct method methods[] = {{"releaseMemory", release_memory}};
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
