#include "root.h"

#include <stdlib.h>
#include <string.h>

static const char FLAG[] = "--root";

/* What stands there may be meant for another program: whoever serves compares it with what is really asked for. */
static const char *flag_of(char *const *argv) {
  for (char *const *at = argv + 1; *at != NULL && strcmp(*at, "--") != 0; at++) {
    if (strcmp(*at, FLAG) == 0) return at[1];
    if (strncmp(*at, FLAG, sizeof FLAG - 1) == 0 && (*at)[sizeof FLAG - 1] == '=') return *at + sizeof FLAG;
  }
  return NULL;
}

const char *root_of(char *const *argv) {
  const char *root = argv == NULL || argv[0] == NULL ? NULL : flag_of(argv);
  if (root == NULL) root = getenv("HOLDFAST_ROOT");
  return root == NULL || *root == '\0' ? "/run/holdfast" : root;
}
