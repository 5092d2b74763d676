#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *program = "holdfast-launcher";

void say_as(const char *name) {
  const char *slash = strrchr(name, '/');
  if (*name != '\0') program = slash == NULL ? name : slash + 1;
}

void say(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s: ", program);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
}
