#define _GNU_SOURCE
#include "node.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "say.h"

static bool is_executable(const char *path) {
  return access(path, X_OK) == 0;
}

static bool find_in_path(const char *path, char *found, size_t room) {
  for (const char *at = path, *end; at != NULL; at = *end == ':' ? end + 1 : NULL) {
    end = strchrnul(at, ':');
    /* An empty entry is the working directory: a bundle, which is not where Node lives. */
    if (end == at || *at != '/') continue;
    int length = snprintf(found, room, "%.*s/node", (int)(end - at), at);
    if (length > 0 && (size_t)length < room && is_executable(found)) return true;
  }
  return false;
}

static const char *find_node(char *found, size_t room) {
  static const char *const USUAL[] = {"/usr/local/bin/node", "/usr/bin/node"};
  const char *given = getenv("HOLDFAST_NODE"), *path = getenv("PATH");
  if (given != NULL && *given != '\0') return given;
  if (path != NULL && find_in_path(path, found, room)) return found;
  for (size_t i = 0; i < sizeof USUAL / sizeof *USUAL; i++)
    if (is_executable(USUAL[i])) return USUAL[i];
  return NULL;
}

void node_run(const char *program, char **argv) {
  char found[PATH_MAX];
  size_t count = 0;
  while (argv[count] != NULL) count++;
  if (access(program, R_OK) < 0) {
    say("%s: %s", *program == '\0' ? "the path of its Node program" : program,
        strerror(*program == '\0' ? ENAMETOOLONG : errno));
    return;
  }
  const char *node = find_node(found, sizeof found);
  if (node == NULL) {
    say("node is neither in PATH nor in /usr/local/bin or /usr/bin; HOLDFAST_NODE may name it");
    return;
  }
  char **arguments = calloc(count + 2, sizeof *arguments);
  if (arguments == NULL) {
    say("%s", strerror(errno));
    return;
  }
  arguments[0] = (char *)node;
  arguments[1] = (char *)program;
  for (size_t i = 1; i < count; i++) arguments[i + 1] = argv[i];
  execv(node, arguments);
  const int error = errno;
  const char *given = getenv("HOLDFAST_NODE");
  /* Whoever has set it may look for the mistake elsewhere. */
  say("%s%s: %s", given != NULL && node == given ? "HOLDFAST_NODE names " : "", node, strerror(error));
  free(arguments);
}
