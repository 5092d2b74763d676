#define _GNU_SOURCE
#include "self.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct known {
  const char *name, *kind, *main;
  uint16_t version;
  bool says_root;
};

static const struct known KNOWN[] = {
    {"containerd-shim-holdfast-v1", "containerd", "main.cjs", VERSION, false},
    {"shimctl", "shimctl", "shimctl.cjs", STREAMS_VERSION, true},
    {"holdfast-conmon", "conmon", "main.cjs", STANDING_VERSION, false},
};

static struct known known_as(const char *name) {
  for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
    if (strcmp(name, KNOWN[i].name) == 0) return KNOWN[i];
  return (struct known){name, name, "main.cjs", VERSION, false};
}

static bool take_kind(struct self *self, const char *kind) {
  size_t length = strlen(kind);
  if (length == 0 || length > KIND_MAX) return false;
  memcpy(self->kind, kind, length + 1);
  return true;
}

static void take_program(struct self *self, const char *directory, const char *main) {
  const char *given = getenv("HOLDFAST_LAUNCHER_FALLBACK");
  bool is_given = given != NULL && *given != '\0';
  if (!is_given && directory == NULL) return;
  int length = is_given ? snprintf(self->program, sizeof self->program, "%s", given)
                        : snprintf(self->program, sizeof self->program, "%s/../../dist/%s", directory, main);
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
  const struct known known = known_as(slash == NULL ? "" : slash + 1);
  take_program(self, slash == NULL ? NULL : path, known.main);
  self->version = known.version;
  self->says_root = known.says_root;
  return slash != NULL && take_kind(self, known.kind);
}
