#define _GNU_SOURCE
#include "self.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Names of the program that are not the name of a kind. */
static const struct {
  const char *name, *kind;
} KINDS[] = {{"containerd-shim-holdfast-v1", "containerd"}};

static bool take_kind(struct self *self, const char *name) {
  const char *kind = name;
  for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
    if (strcmp(name, KINDS[i].name) == 0) kind = KINDS[i].kind;
  size_t length = strlen(kind);
  if (length == 0 || length > KIND_MAX) return false;
  memcpy(self->kind, kind, length + 1);
  return true;
}

static void take_program(struct self *self, const char *directory) {
  const char *given = getenv("HOLDFAST_LAUNCHER_FALLBACK");
  bool is_given = given != NULL && *given != '\0';
  if (!is_given && directory == NULL) return;
  int length = is_given ? snprintf(self->program, sizeof self->program, "%s", given)
                        : snprintf(self->program, sizeof self->program, "%s/../../dist/main.cjs", directory);
  if (length < 0 || (size_t)length >= sizeof self->program) self->program[0] = '\0';
}

bool self_find(struct self *self) {
  char path[PATH_MAX];
  *self = (struct self){.kind = ""};
  /* The kernel resolves every link: the program is looked for beside the file, not beside the link that leads to it. */
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  char *slash = NULL;
  if (length > 0) {
    path[length] = '\0';
    slash = strrchr(path, '/');
  }
  if (slash != NULL) *slash = '\0';
  take_program(self, slash == NULL ? NULL : path);
  return slash != NULL && take_kind(self, slash + 1);
}
