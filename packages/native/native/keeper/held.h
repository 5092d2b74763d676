/* Descriptors that outlive shimd, by key. */
#ifndef HOLDFAST_HELD_H
#define HOLDFAST_HELD_H

enum { HELD_KEY_MAX = 255 };

struct held {
  struct held *next;
  int fd;
  char key[];
};

/* Takes `fd` and closes what was under the key. Returns an errno; `fd` is the caller's then. */
int held_put(const char *key, int fd);
/* Returns 0 or ENOENT. */
int held_drop(const char *key);
/* -1 if there is none. */
int held_get(const char *key);
/* Accepts a connection of the listening socket `from`, which must not block, and holds it as `to`. Returns an errno. */
int held_accept(const char *from, const char *to);
const struct held *held_first(void);

#endif
